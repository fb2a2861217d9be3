"""Makes digits-data.yaml, and the model in digits-python.yaml and digits-java.yaml.

    pip install -r requirements.txt && python train.py

The data are the 1,797 handwritten digits of 8x8 pixels that come with scikit-learn, one hexadecimal
figure per pixel. The model is a logistic regression, its weights rounded to hundredths and written
as whole numbers, so that Java and Python compute the very same scores.
"""

import pathlib
import re

import numpy as np
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

FOLDER = pathlib.Path(__file__).parent
DATA_HEAD = """\
# The 1,797 handwritten digits of scikit-learn, as JSON lines; made by train.py.
apiVersion: v1
kind: ConfigMap
metadata: {name: digits, labels: {batchapi.dev/input: "true"}}
data:
  digits.jsonl: |
"""


def main():
    images, labels = load_digits(return_X_y=True)
    images = np.minimum(images, 15).astype(int)
    model = LogisticRegression(C=0.01, solver="newton-cholesky", tol=1e-10).fit(images, labels)
    weights = np.rint(100 * model.coef_).astype(int)
    bias = np.rint(100 * model.intercept_).astype(int)

    write_data(images, labels)
    for name in ("digits-python.yaml", "digits-java.yaml"):
        write_model(FOLDER / name, weights, bias)
    right = (np.argmax(images @ weights.T + bias, axis=1) == labels).sum()
    print(f"{right} of {len(labels)} right")


def write_data(images, labels):
    lines = [
        f'    {{"pixels":"{"".join(f"{pixel:x}" for pixel in image)}","digit":{label}}}\n'
        for image, label in zip(images, labels)
    ]
    (FOLDER / "digits-data.yaml").write_text(DATA_HEAD + "".join(lines))


def write_model(file, weights, bias):
    rows = [f"        - {row}\n" for row in weights.tolist()]
    model = "      weights:\n" + "".join(rows) + f"      bias: {bias.tolist()}\n"
    text = file.read_text()
    file.write_text(re.sub(r"(?m)^      weights:\n(?:        .*\n)*      bias: .*\n", model, text))


main()
