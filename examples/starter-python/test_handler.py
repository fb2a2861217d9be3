"""Run it with: python3 -m unittest"""

import unittest
from unittest import mock

from handler import Handler


class HandlerTest(unittest.TestCase):
    def test_short_words_do_not_count(self):
        handler = Handler({"least_letters": 3}, mock.Mock())
        self.assertEqual(
            [{"words": 1, "longest": "fox"}], handler.handle_batch([{"text": "a fox"}])
        )

    def test_a_text_may_be_empty(self):
        handler = Handler({"least_letters": 3}, mock.Mock())
        self.assertEqual([{"words": 0, "longest": None}], handler.handle_batch([{"text": ""}]))


if __name__ == "__main__":
    unittest.main()
