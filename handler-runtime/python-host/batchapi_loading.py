"""Finds the author's file and runs it as a module."""

import importlib.machinery
import importlib.util
import os
import sys
import traceback

from batchapi_calling import Handler, HandlerInvalid


def find(code, file):
    """The handler's path: in the code folder, else as it is."""
    for path in (os.path.join(code, file), os.path.abspath(file)):
        if os.path.isfile(path):
            return path
    raise HandlerInvalid(f"no file {file} in the code folder {code} ({_there(code)})")


def _there(code):
    try:
        names = sorted(name for name in os.listdir(code) if not name.startswith("."))
    except OSError as error:
        return f"it can't be read: {error.strerror}"
    if not names:
        return "it is empty"
    return "it has " + ", ".join(names[:10]) + (" and more" if len(names) > 10 else "")


def load(path, file, class_name, runner):
    """The author's class, checked; its functions are run by `runner`. What their module throws while it runs comes out as it is, but for
    a failed import."""
    module = _run(path, file)
    found = vars(module).get(class_name)
    if isinstance(found, type):
        return Handler(found, file, runner)
    if found is not None:
        raise HandlerInvalid(f"{class_name} in {file} is a {type(found).__name__}, not a class")
    classes = [
        name
        for name, value in vars(module).items()
        if isinstance(value, type) and value.__module__ == module.__name__
    ]
    there = "it has " + ", ".join(classes[:10]) if classes else "it has no class at all"
    raise HandlerInvalid(f"no class {class_name} in {file} ({there}): name it so, or set className")


def _run(path, file):
    name = os.path.splitext(os.path.basename(path))[0]
    if name in sys.modules or name in sys.builtin_module_names:
        raise HandlerInvalid(
            f"{file} has the name of a module that Python itself needs, {name}: rename the file"
        )
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
    try:
        package = _package(path)
        name = package + "." + name if package else name
        loader = importlib.machinery.SourceFileLoader(name, path)
        spec = importlib.util.spec_from_file_location(name, path, loader=loader)
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module  # before it runs: pickle and dataclasses look it up there
        # Not loader.get_code(): its cache takes a file changed within a second for the old one.
        exec(_code(loader, path, file), vars(module))
    except SyntaxError as error:  # in a module that it imports
        raise HandlerInvalid(_syntax_error(error)) from None
    except ImportError as error:
        raise HandlerInvalid(_import_error(error)) from None
    return module


def _code(loader, path, file):
    try:
        return loader.source_to_code(loader.get_data(path), path)
    except SyntaxError as error:
        raise HandlerInvalid(_syntax_error(error)) from None
    except (ValueError, OSError) as error:  # a null byte; a file that can't be read
        raise HandlerInvalid(f"{file} can't be read: {error}") from None


def _package(path):
    """The package that the file is in, imported, so that `from .util import x` finds its neighbours;
    None if its folder has no __init__.py, or has the name of something else."""
    folder = os.path.dirname(os.path.abspath(path))
    here, names = folder, []
    while os.path.isfile(os.path.join(here, "__init__.py")):
        here, name = os.path.split(here)
        names.insert(0, name)
    if not names or not all(name.isidentifier() for name in names):
        return None
    package = ".".join(names)
    sys.path.insert(1, here)
    try:
        found = importlib.import_module(package)
    except ModuleNotFoundError as error:
        if error.name and (package + ".").startswith(error.name + "."):
            return None  # another module has the name of an outer folder
        raise
    return package if folder in map(os.path.abspath, getattr(found, "__path__", ())) else None


def _syntax_error(error):
    """File, line and message; then the line itself and the caret, as Python prints them."""
    place = f"{os.path.basename(error.filename or '?')}, line {error.lineno}: {error.msg}"
    printed = "".join(traceback.format_exception_only(type(error), error)).splitlines()
    return "\n".join([place] + [line for line in printed if line.startswith("    ")])


def _import_error(error):
    ours = os.path.dirname(os.path.abspath(__file__))
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if os.path.dirname(frame.filename) != ours and "importlib" not in frame.filename
    ]
    if not frames:
        return str(error)
    first, *others = frames
    place = f"{os.path.basename(first.filename)}, line {first.lineno}"
    if others:
        place += f" (by way of {others[-1].filename}, line {others[-1].lineno})"
    if isinstance(error, ModuleNotFoundError) and error.name:
        return (
            f"{place}: no module named {error.name}: install it in the image"
            f" (without one: for {sys.executable}), or put it beside the handler"
        )
    if "relative import" in str(error) and first.line:
        return (
            f"{place}: {first.line} finds nothing, for {os.path.basename(first.filename)} is in no"
            " package: leave the dot out, since its own folder is looked in first, or put an"
            " __init__.py beside it"
        )
    return f"{place}: {error}"
