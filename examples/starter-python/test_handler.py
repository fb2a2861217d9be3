"""Run it with: python3 -m unittest"""

import unittest

from batchapi.testing import run
from handler import Handler

CONFIG = {"least_letters": 3}


class HandlerTest(unittest.TestCase):
    def test_short_words_do_not_count(self):
        done = run(Handler, [{"text": "a fox"}, {"text": ""}], config=CONFIG)
        self.assertEqual(
            [{"words": 1, "longest": "fox"}, {"words": 0, "longest": None}], done.results
        )

    def test_texts_are_counted(self):
        done = run(Handler, [{"text": "a fox"}] * 3, config=CONFIG, batch_size=2)
        done.metrics.assert_counted("texts", 3)


if __name__ == "__main__":
    unittest.main()
