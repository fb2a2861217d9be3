"""Makes the data and the model of this example from scikit-learn's handwritten digits.

    pip install scikit-learn==1.7.2
    python examples/digits/model/train.py

Writes digits-data.yaml, and the model into digits-python.yaml and digits-java.yaml. Deterministic.
"""

import json
import re
from pathlib import Path

import numpy
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

FOLDER = Path(__file__).resolve().parent.parent
DATA = """\
# The 1,797 handwritten digits of scikit-learn: 8 by 8 pixels, each a hexadecimal digit from 0 (white) to
# f (black), row by row. Made by model/train.py.
apiVersion: v1
kind: ConfigMap
metadata: {name: digits}
data:
  digits.jsonl: |
"""


def main():
    pixels, labels = load_digits(return_X_y=True)
    pixels = numpy.minimum(pixels, 15).astype(int)  # 16 is no hexadecimal digit
    lines = [
        json.dumps({"pixels": "".join(f"{p:x}" for p in row), "digit": int(label)}, separators=(",", ":"))
        for row, label in zip(pixels, labels)
    ]
    (FOLDER / "digits-data.yaml").write_text(DATA + "".join(f"    {line}\n" for line in lines))

    model = LogisticRegression(C=0.3, max_iter=1000).fit(pixels / 15, labels)
    weights, bias = numpy.round(model.coef_, 2), numpy.round(model.intercept_, 2)
    right = (numpy.argmax(pixels / 15 @ weights.T + bias, axis=1) == labels).sum()
    print(f"{right} of {len(labels)} digits are classified right")
    for language in ("python", "java"):
        put(FOLDER / f"digits-{language}.yaml", weights, bias)


def put(manifest, weights, bias):
    """Replaces the model, which is the end of the BatchAPI's config, by this one."""
    rows = "".join(f"      - {json.dumps(row.tolist())}\n" for row in weights)
    model = f"      bias: {json.dumps(bias.tolist())}\n      weights:\n{rows}"
    text = manifest.read_text()
    manifest.write_text(re.sub(r"      bias: .*\n      weights:\n(?:      - .*\n)*", model, text))


if __name__ == "__main__":
    main()
