"""What a result may be, and what is said of one that can't be written."""

from fake_worker import RESULT, HostTest

HANDLER = """
import collections, dataclasses, datetime, decimal, enum, io, json, pathlib, sys, types, uuid
def fake_numpy():
    # A module of the name numpy, for the host knows NumPy's types by nothing else.
    numpy = types.ModuleType("numpy")
    class Scalar:
        def __init__(self, value): self.value = value
        def tolist(self): return self.value
        def __hash__(self): return hash(self.value)
        def __float__(self): return 0.25
    Scalar.__module__ = "numpy"
    class longdouble(Scalar):
        def tolist(self): return self
    longdouble.__module__ = "numpy"
    class float64(float): pass
    float64.__module__ = "numpy"
    numpy.S, numpy.longdouble, numpy.float64 = Scalar, longdouble, float64
    return numpy
np = fake_numpy()
class Colour(enum.IntEnum):
    RED = 1
circular = {"a": [1]}
circular["a"].append(circular)
deep = []
for _ in range(100_000): deep = [deep]
class Opaque: pass
class Size(enum.Enum):
    SMALL = "s"
@dataclasses.dataclass
class Label:
    name: str
    score: object
class Model:
    def model_dump(self, mode): return {"mode": mode}
Model.__module__ = "pydantic.main"
class NaTType(datetime.datetime):
    def __ne__(self, other): return True
    def __eq__(self, other): return False
nat = NaTType(2026, 1, 1)
class Broken(Model):
    def model_dump(self, mode): raise ValueError("no such field")
def types_of_pandas(name):
    return type(name, (), {})()
class Handler:
    def handle_batch(self, payload):
        return eval(payload[0])
"""


class ResultsTest(HostTest):
    def setUp(self):
        self.host = self.ready(HANDLER)

    def of(self, expression):
        kind, body = self.host.handle([expression])
        self.assertEqual(kind, RESULT, body)
        return body.decode()

    def refused(self, expression):
        error = self.failed(self.host.handle([expression]))
        self.assertEqual(error["reason"], "ResultInvalid", error)
        return error["message"]

    def test_everything_that_json_has(self):
        for expression, expected in (
            ("0", "0"),
            ("''", '""'),
            ("[]", "[]"),
            ("(1, (2,))", "[1,[2]]"),
            ("{'a': {1: True, None: 2.5}}", '{"a":{"1":true,"null":2.5}}'),
            ("collections.OrderedDict(b=1)", '{"b":1}'),
            ("collections.Counter('aab')", '{"a":2,"b":1}'),
            ("collections.namedtuple('P', 'x y')(1, 2)", "[1,2]"),
            ("Colour.RED", "1"),
            ("2 ** 70", str(2**70)),
            ("chr(0x1F600) + chr(0)", '"\U0001f600\\u0000"'),
        ):
            with self.subTest(expression=expression):
                self.assertEqual(self.of(expression), expected)

    def test_what_has_a_usual_form_in_json_is_written_in_it(self):
        for expression, expected in (
            ("datetime.datetime(2026, 1, 2, 3, 4, 5, 6)", '"2026-01-02T03:04:05.000006"'),
            (
                "datetime.datetime(2026, 1, 2, tzinfo=datetime.timezone.utc)",
                '"2026-01-02T00:00:00+00:00"',
            ),
            ("[datetime.date(2026, 1, 2), datetime.time(3, 4)]", '["2026-01-02","03:04:00"]'),
            ("decimal.Decimal('1.50')", '"1.50"'),
            ("uuid.UUID(int=7)", '"00000000-0000-0000-0000-000000000007"'),
            ("Size.SMALL", '"s"'),
            ("pathlib.Path('/a') / 'b'", '"/a/b"'),
            (
                "Label('cat', [Label('dog', decimal.Decimal(1))])",
                '{"name":"cat","score":[{"name":"dog","score":"1"}]}',
            ),
            ("[Model()]", '[{"mode":"json"}]'),
        ):
            with self.subTest(expression=expression):
                self.assertEqual(self.of(expression), expected)

    def test_what_has_none_is_refused_at_its_place_and_with_a_way_out_that_works(self):
        for expression, expected in (
            ("[nat]", "result[0] is a NaTType, which can't be written as JSON: return None"),
            ("types_of_pandas('NAType')", "a NAType, which can't be written as JSON: return None"),
            ("datetime.timedelta(1)", "a timedelta, which can't be written as JSON: use .total_s"),
            (
                "{'a': [1, Broken()]}",
                'result["a"][1] is a Broken, which can\'t be written as JSON: no such field',
            ),
            ("Label('cat', Opaque())", 'result["score"] is an Opaque, which can\'t be written'),
            ("types_of_pandas('DataFrame')", "json.loads(frame.to_json(orient='records'"),
            ("Opaque", "result is a type, which"),
        ):
            with self.subTest(expression=expression):
                self.assertIn(expected, self.refused(expression))

    def test_numpy_is_converted_wherever_it_stands(self):
        for expression, expected in (
            ("np.S(3)", "3"),
            ("[np.S(0.5), {'a': np.S([1, [2]])}]", '[0.5,{"a":[1,[2]]}]'),
            ("np.S([np.S(1)])", "[1]"),
            ("np.float64(0.5)", "0.5"),
            ("np.longdouble(0)", "0.25"),
            ("{np.S(3): np.S('x')}", '{"3":"x"}'),
        ):
            with self.subTest(expression=expression):
                self.assertEqual(self.of(expression), expected)

    def test_what_cannot_be_written_is_named_with_its_path_and_type(self):
        for expression, expected in (
            (
                "[1, 2, 3, {'label': sys.stdout}]",
                'result[3]["label"] is a TextIOWrapper, which can\'t be written as JSON',
            ),
            ("Opaque()", "result is an Opaque, which can't be written as JSON"),
            ("{'a': {1, 2}}", 'result["a"] is a set, which can\'t be written as JSON: use sorted'),
            ("[b'x']", "result[0] is a bytes, which can't be written as JSON: decode it"),
            ("[i for i in [map(str, [])]]", "result[0] is a map, which can't be written as JSON"),
            ("np.S(Opaque())", "result is an Opaque, which"),
            ("{'a': [float('nan')]}", 'result["a"][0] is nan, which JSON can\'t hold'),
            ("(1, float('-inf'))", "result[1] is -inf, which JSON can't hold"),
            ("np.float64('inf')", "result is inf"),
            ("{float('nan'): 1}", "a key of result is nan"),
            ("{(1, 2): 3}", "result has a key of type tuple, and JSON's keys are texts"),
            ("circular", 'result["a"][1] contains itself'),
            ("deep", "result is nested too deeply"),
            ("{'a': 'x' + chr(0xD800)}", 'result["a"] has half a character (lone surrogate U+D800'),
            ("{chr(0xDC80): 1}", "a key of result has half a character"),
        ):
            with self.subTest(expression=expression):
                self.assertIn(expected, self.refused(expression))
        self.assertEqual(self.of("'still here'"), '"still here"')

    def test_a_result_over_the_limit_names_size_limit_and_way_out(self):
        message = self.refused("'x' * 10_000_000")
        self.assertIn("10,000,002 bytes as JSON, the limit is 262,144: return less", message)
        self.assertIn("262,146 bytes", self.refused("'ü' * 131_072"))
        self.assertEqual(len(self.of("'ü' * 131_071").encode()), 262_144)

    def test_an_integer_of_too_many_digits(self):
        kind, body = self.host.handle(["10 ** 5000"])
        if kind == RESULT:  # before CPython 3.11 there was no limit
            self.assertEqual(len(body), 5001)
        else:
            self.assertIn("too many digits", self.refused("10 ** 5000"))

    def test_real_numpy_when_it_is_installed(self):
        try:
            import numpy  # noqa: F401
        except ImportError:
            self.skipTest("no NumPy for this Python; its stand-in is tested above")
        source = HANDLER.replace("np = fake_numpy()", "import numpy as np")
        self.host = self.ready(source)
        for expression, expected in (
            ("np.int64(3)", "3"),
            (
                "[np.float32(0.5), np.float64(0.25), np.bool_(True), np.str_('x')]",
                '[0.5,0.25,true,"x"]',
            ),
            ("np.arange(6).reshape(2, 3)", "[[0,1,2],[3,4,5]]"),
            ("{np.int64(3): np.array(1.5)}", '{"3":1.5}'),
            ("np.longdouble(0.5)", "0.5"),
            ("np.ma.array([1, 2], mask=[False, True])", "[1,null]"),
            ("np.array([None, 'a'], dtype=object)", '[null,"a"]'),
            ("[np.float32(0.1), np.float16(0.1)]", "[0.1,0.1]"),
            ("np.array([[0.1, 2]], dtype='float32')", "[[0.1,2.0]]"),
            ("np.array(0.1, dtype='float32')", "0.1"),
            ("[np.datetime64('2026-01-01')]", '["2026-01-01"]'),
            (
                "np.array(['2026-01-01T00:00:00.5'], dtype='datetime64[ns]')",
                '["2026-01-01T00:00:00.500000000"]',
            ),
            ("np.zeros(1, dtype=[('a', 'i4'), ('b', 'f4')])", '[{"a":0,"b":0.0}]'),
            ("[np.uint64(2**64 - 1)]", "[18446744073709551615]"),
        ):
            with self.subTest(expression=expression):
                self.assertEqual(self.of(expression), expected)
        for expression, expected in (
            ("np.array([1, np.nan])", "result[1] is nan"),
            ("np.complex64(1j)", "result is a complex"),
            ("[np.datetime64('NaT')]", "result[0] is a NaTType"),
            ("np.timedelta64(5, 'ns')", "result is a timedelta64"),
            ("np.poly1d([1, 2])", "result is a poly1d, which"),
            ("[np.random.default_rng()]", "result[0] is a Generator, which"),
            ("np.dtype('int8')", "which can't be written as JSON"),
            ("np.float32('nan')", "result is nan"),
        ):
            with self.subTest(expression=expression):
                self.assertIn(expected, self.refused(expression))
