"""Finds the author's class and checks, before anything of it runs, how it can be called."""

import importlib.machinery
import importlib.util
import inspect
import os
import sys
import traceback

CONSTRUCTOR_ARGUMENTS = ("config", "job_spec", "metrics_client")


class HandlerInvalid(Exception):
    """The handler can't be used; the message says what is wrong, where, and the way out."""


class Handler:
    """The author's class, and what each of its functions asks for.

    Arguments are given by name, and only those that are declared. An unknown argument is an error
    unless it has a default, which it then keeps.
    """

    def __init__(self, cls, file):
        self._class = cls
        self._file = file
        self._instance = None
        name = cls.__name__
        self._constructor = _asks_for(cls, CONSTRUCTOR_ARGUMENTS, f"{name}.__init__", file)
        self._handle_batch = self._method("handle_batch", ("payload", "batch_id"), ("payload",))
        self._on_job_complete = self._method("on_job_complete", ("summary",))
        self._close = self._method("close", ())
        if self._handle_batch is None:
            raise HandlerInvalid(
                f"class {name} in {file} has no method handle_batch: add def handle_batch(self, payload)"
            )

    def construct(self, config, job_spec, metrics_client):
        given = {"config": config, "job_spec": job_spec, "metrics_client": metrics_client}
        self._instance = self._constructor.call(self._class, given)

    def handle_batch(self, payload, batch_id):
        given = {"payload": payload, "batch_id": batch_id}
        return self._handle_batch.call(self._instance.handle_batch, given)

    def on_job_complete(self, summary):
        if self._on_job_complete is not None:
            self._on_job_complete.call(self._instance.on_job_complete, {"summary": summary})

    def close(self):
        if self._close is not None and self._instance is not None:
            self._close.call(self._instance.close, {})

    def _method(self, name, possible, needed=()):
        found = inspect.getattr_static(self._class, name, None)
        if found is None:
            return None
        where = f"{self._class.__name__}.{name}"
        function = getattr(self._class, name)
        if not callable(function):
            raise HandlerInvalid(f"{where} in {self._file} is no function")
        _refuse_what_runs_later(inspect.unwrap(function), where, self._file)
        bound = isinstance(found, (staticmethod, classmethod))
        return _asks_for(function, possible, where, self._file, needed, skip_self=not bound)


class _Arguments:
    """Which of the arguments that we have a function wants, and how."""

    def __init__(self, positional, named):
        self._positional = positional
        self._named = named

    def call(self, function, given):
        return function(
            *[given[name] for name in self._positional],
            **{name: given[name] for name in self._named},
        )


def _asks_for(function, possible, where, file, needed=(), skip_self=False):
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (ValueError, TypeError):  # written in C, and silent about its arguments
        return _Arguments(needed, ())
    if skip_self and parameters and parameters[0].kind is not inspect.Parameter.VAR_POSITIONAL:
        del parameters[0]
    positional, named, takes_positional, takes_named = [], [], False, False
    for parameter in parameters:
        if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
            takes_positional = True
        elif parameter.kind is inspect.Parameter.VAR_KEYWORD:
            takes_named = True
        elif parameter.name in possible:
            only_positional = parameter.kind is inspect.Parameter.POSITIONAL_ONLY
            (positional if only_positional else named).append(parameter.name)
        elif parameter.default is inspect.Parameter.empty:
            raise HandlerInvalid(_unknown_argument(parameter.name, possible, where, file))
    for name in needed or possible:
        if name in positional or name in named:
            continue
        if takes_named:  # **kwargs: the constructor's gets all there is, a method's what it needs
            named.append(name)
        elif name in needed and takes_positional and not named:
            positional.append(name)
        elif name in needed:
            raise HandlerInvalid(
                "{} in {} must take the argument {}: def {}(self, {})".format(
                    where, file, name, where.rpartition(".")[2], ", ".join(needed)
                )
            )
    return _Arguments(positional, named)


def _unknown_argument(name, possible, where, file):
    if not possible:
        return f"{where} in {file} asks for the argument {name}, and gets none"
    *others, last = possible
    listed = ", ".join(others) + " and " + last if others else last
    return f"{where} in {file} asks for the unknown argument {name}: it can ask for {listed}; others need a default"


def _refuse_what_runs_later(function, where, file):
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        raise HandlerInvalid(
            f"{where} in {file} is async, and the host awaits nothing: use def, and asyncio.run(...) inside"
        )
    if inspect.isgeneratorfunction(function):
        raise HandlerInvalid(
            f"{where} in {file} uses yield, so that calling it would run nothing: collect a list and"
            " return it"
        )


def find(code, file):
    """The handler's path: in the code folder, else as it is."""
    for path in (os.path.join(code, file), os.path.abspath(file)):
        if os.path.isfile(path):
            return path
    try:
        there = sorted(name for name in os.listdir(code) if not name.startswith("."))
    except OSError as error:
        raise HandlerInvalid(
            f"no file {file}: the code folder {code} can't be read: {error.strerror}"
        ) from None
    listed = ", ".join(there[:10]) + (" and more" if len(there) > 10 else "")
    raise HandlerInvalid(
        "no file {} in the code folder {} (there {}), nor in {}".format(
            file, code, "is " + listed if there else "is nothing", os.getcwd()
        )
    )


def load(path, file, class_name):
    """Runs the author's file as a module and returns his class, checked. What his code throws on the
    way, other than a failed import, comes out as it is."""
    module = _run(path, file)
    found = vars(module).get(class_name)
    if isinstance(found, type):
        return Handler(found, file)
    if found is not None:
        raise HandlerInvalid(f"{class_name} in {file} is a {type(found).__name__}, not a class")
    classes = [
        name
        for name, value in vars(module).items()
        if isinstance(value, type) and value.__module__ == module.__name__
    ]
    raise HandlerInvalid(
        "no class {} in {} ({}): name it so, or set className".format(
            class_name, file, "it has " + ", ".join(classes[:10]) if classes else "it has no class"
        )
    )


def _run(path, file):
    name = os.path.splitext(os.path.basename(path))[0]
    if name in sys.modules or name in sys.builtin_module_names:
        raise HandlerInvalid(
            f"{file} has the name of the module {name}, which Python itself needs: rename the file"
        )
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
    spec = importlib.util.spec_from_file_location(
        name, path, loader=importlib.machinery.SourceFileLoader(name, path)
    )
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # before it runs: pickle and dataclasses look it up there
    try:
        # Not the loader's get_code: its cache takes a file changed within a second for the old one.
        code = spec.loader.source_to_code(spec.loader.get_data(path), path)
    except SyntaxError as error:
        raise HandlerInvalid(_syntax_error(error)) from None
    except (ValueError, OSError) as error:  # a null byte; a file that can't be read
        raise HandlerInvalid(f"{file} can't be read: {error}") from None
    try:
        exec(code, vars(module))
    except SyntaxError as error:  # in a module of his that it imports
        raise HandlerInvalid(_syntax_error(error)) from None
    except ImportError as error:
        raise HandlerInvalid(_import_error(error)) from None
    return module


def _syntax_error(error):
    """File, line and message; then the line itself and the caret, as Python prints them."""
    printed = "".join(traceback.format_exception_only(type(error), error)).splitlines()
    place = "{}, line {}: {}".format(
        os.path.basename(error.filename or "?"), error.lineno, error.msg
    )
    return "\n".join([place] + [line for line in printed[1:-1] if line.startswith("    ")])


def _import_error(error):
    first, *others = traceback.extract_tb(error.__traceback__)[1:]  # [0] is this file's exec
    place = f"{os.path.basename(first.filename)}, line {first.lineno}"
    if others:
        place += f" (on the way {others[-1].filename}, line {others[-1].lineno})"
    if isinstance(error, ModuleNotFoundError) and error.name:
        return (
            f"{place}: no module named {error.name}: install it in the image (locally: for {sys.executable}), or put it beside the"
            " handler"
        )
    return f"{place}: {error}"
