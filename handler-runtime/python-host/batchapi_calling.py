"""The author's class: which arguments its functions ask for, checked before anything of it runs."""

import difflib
import inspect

CONSTRUCTOR_ARGUMENTS = ("config", "job_spec", "metrics_client")
EITHER = "def handle_batch(self, payload), or def handle_item(self, item)"
ALIKE = 0.6  # as close as difflib's own matches are


class HandlerInvalid(Exception):
    """The handler can't be used; the message says what is wrong, where, and the way out."""


class Handler:
    """Calls the author's class.

    Arguments are given by name, and only those that are declared, as in Cortex. Asking for an
    unknown one is an error, unless it has a default, which it then keeps.
    """

    def __init__(self, cls, file, runner):
        self._class = cls
        self._file = file
        self._runner = runner
        self._instance = None
        self._async = False  # whether one of its functions is
        name = cls.__name__
        self._construct = _asks_for(cls, f"{name}.__init__ in {file}", CONSTRUCTOR_ARGUMENTS)
        self._handle_batch = self._method(
            "handle_batch", ("payload", "batch_id", "batch"), ("payload",)
        )
        self._handle_item = self._method("handle_item", ("item", "batch_id", "batch"), ("item",))
        self._on_job_complete = self._method("on_job_complete", ("summary",))
        self._close = self._method("close", ())
        if self._handle_batch is None and self._handle_item is None:
            raise HandlerInvalid(
                _misspelt(cls, f"class {name} in {file}")
                or f"class {name} in {file} has no method handle_batch: add {EITHER}"
            )
        if self._handle_batch is not None and self._handle_item is not None:
            raise HandlerInvalid(
                f"class {name} in {file} has both handle_batch and handle_item: leave one out"
            )

    def construct(self, config, job_spec, metrics_client):
        given = {"config": config, "job_spec": job_spec, "metrics_client": metrics_client}
        if self._async:
            self._runner.prepare_loop()
        self._instance = self._construct(self._class, given)

    @property
    def function(self):
        """The name of the one that gets the items."""
        return "handle_item" if self._handle_batch is None else "handle_batch"

    def handle(self, payload, batch, most, permits=None):
        """What handle_batch returns, or a list with what handle_item does, a Failure for each item
        that failed.

        most: results that a generator may yield.
        permits: of which each item needs one before its call; None for no rate limit."""
        given = {"batch_id": batch.id, "batch": batch}
        if self._handle_batch is not None:
            given["payload"] = payload
            function = self._instance.handle_batch
            returned = self._runner.call(lambda: self._handle_batch(function, given))
            return self._runner.collect(returned, most)
        one = self._handle_item.of_items(self._instance.handle_item, given)
        return self._runner.each(one, payload, self._item_is_async(), permits)

    def _item_is_async(self):
        return inspect.iscoroutinefunction(self._class.handle_item)

    def refuse_one_result(self):
        """For handler.results: Batch."""
        if self._handle_item is not None:
            raise HandlerInvalid(
                f"class {self._class.__name__} in {self._file} has handle_item, which has one result"
                " for each item: leave handler.results: Batch out, or write handle_batch"
            )

    def on_job_complete(self, summary):
        if self._on_job_complete is not None:
            function, given = self._instance.on_job_complete, {"summary": summary}
            self._runner.call(lambda: self._on_job_complete(function, given))

    def close(self):
        if self._close is not None:
            self._runner.call(lambda: self._close(self._instance.close, {}))

    def _method(self, name, possible, needed=()):
        found = inspect.getattr_static(self._class, name, None)
        if found is None:
            return None
        function = getattr(self._class, name)
        where = f"{self._class.__name__}.{name} in {self._file}"
        if not callable(function):
            raise HandlerInvalid(f"{where} is no function")
        if name != "handle_batch":
            _refuse_yield(function, where)
        self._async |= inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)
        bound = isinstance(found, (staticmethod, classmethod))
        return _asks_for(function, where, possible, needed, skip_self=not bound)


class _Asked:
    """The arguments that a function asks for. Calls it with them, out of a dict with all there are."""

    def __init__(self, positional, named, first=None):
        self._positional = positional
        self._named = named
        self._first = first  # of the named ones that may as well be given by position

    def __call__(self, function, given):
        return function(
            *[given[name] for name in self._positional],
            **{name: given[name] for name in self._named},
        )

    def of_items(self, function, given):
        """The function as one of the argument `item` alone. For most it is found out only once what
        else they ask for: for each item that costs more than many of them do."""
        if self._positional:
            return lambda item: self(function, {**given, "item": item})
        others = {name: given[name] for name in self._named if name != "item"}
        if self._first == "item" and not others:
            return function
        if others:
            return lambda item: function(item=item, **others)
        return lambda item: function(item=item)


def _refuse_yield(function, where):
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise HandlerInvalid(
            f"{where} uses yield, so that a call would run nothing of it: use return"
        )


def _asks_for(function, where, possible, needed=(), skip_self=False):
    """Those of the `possible` arguments that `function` declares."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (ValueError, TypeError):  # written in C, and silent about its arguments
        return _Asked(list(needed), [])
    if skip_self and parameters and parameters[0].kind is not inspect.Parameter.VAR_POSITIONAL:
        del parameters[0]
    kinds = {parameter.kind for parameter in parameters}
    positional, named = [], []
    for parameter in parameters:
        if parameter.kind in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD):
            continue
        if parameter.name in possible:
            by_name = parameter.kind is not inspect.Parameter.POSITIONAL_ONLY
            (named if by_name else positional).append(parameter.name)
        elif parameter.default is inspect.Parameter.empty:
            raise HandlerInvalid(_unknown_argument(parameter.name, where, possible))
    for name in needed or possible:
        if name in positional or name in named:
            continue
        if inspect.Parameter.VAR_KEYWORD in kinds:
            named.append(name)  # **kwargs gets what must be taken, or else all there is
        elif name in needed and inspect.Parameter.VAR_POSITIONAL in kinds and not named:
            positional.append(name)
        elif name in needed:
            raise HandlerInvalid(
                f"{where} must take the argument {name}, after self and by this name"
            )
    return _Asked(positional, named, _first(function, parameters))


def _first(function, parameters):
    """The name of the argument that a call without names would give; None of what is wrapped, which
    may take names alone."""
    if not parameters or hasattr(function, "__wrapped__"):
        return None
    by_both = parameters[0].kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
    return parameters[0].name if by_both else None


def _unknown_argument(name, where, possible):
    if not possible:
        return f"{where} asks for the argument {name}, but gets none"
    *others, last = possible
    listed = ", ".join(others) + " and " + last if others else last
    return (
        f"{where} asks for the unknown argument {name}: there is {listed};"
        " any other needs a default value"
    )


def _misspelt(cls, where):
    """Which of the class's methods was meant to be one that is called, if a name is like it."""
    ratio, found, meant = max(
        (
            (difflib.SequenceMatcher(None, found, meant).ratio(), found, meant)
            for found in vars(cls)
            if not found.startswith("_") and callable(getattr(cls, found, None))
            for meant in ("handle_batch", "handle_item")
        ),
        default=(0, None, None),
    )
    if ratio < ALIKE:
        return None
    return f"{found} of {where} is never called: did you mean {meant}? Add {EITHER}"
