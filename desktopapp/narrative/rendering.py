"""Renders the sentence templates with Jinja's sandbox and turns errors into one sentence naming file and line."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from desktopapp.narrative.outline import Outline

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.sandbox import SandboxedEnvironment


class TextTemplateError(ValueError):
    """Raised when a sentence template is malformed or asks for what there is not; its message is for the user."""

    def __init__(self, file: str, line: int | None, reason: str) -> None:
        at = f"第 {line} 行" if line else ""
        super().__init__(f"文字模板 {file} {at}有误：{reason}。请更正模板，或恢复程序自带的模板。")
        self.file, self.line, self.reason = file, line, reason


class Renderer:
    """The compiled templates of one outline. Templates see only the names they are given, never files or attributes."""

    def __init__(self, outline: Outline) -> None:
        self._texts = outline.texts
        self._compiled: dict[str, Template] = {}
        self._environment: SandboxedEnvironment | None = None

    def render(self, name: str, names: Mapping[str, Any]) -> str:
        """Return the text that a template makes; raises TextTemplateError."""
        from jinja2 import TemplateError

        file = self._texts[name][0] if name in self._texts else name
        try:
            return self._template(name).render(names)
        except TextTemplateError:
            raise
        except TemplateError as error:
            raise self._error(error, file) from error
        except (KeyError, TypeError, ValueError, ArithmeticError, LookupError, RecursionError) as error:
            raise self._error(error, file) from error

    def _template(self, name: str) -> Template:
        found = self._compiled.get(name)
        if found is None:
            if self._environment is None:
                self._environment = _environment(self._texts)
            found = self._compiled[name] = self._environment.get_template(name)
        return found

    def _error(self, error: Exception, file: str) -> TextTemplateError:
        from jinja2 import TemplateNotFound, TemplateSyntaxError

        files = {f for f, _ in self._texts.values()}
        if isinstance(error, TemplateSyntaxError):
            return TextTemplateError(error.filename or file, error.lineno, f"写法不对（{error.message}）")
        frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename in files]
        at = (frames[-1].filename, frames[-1].lineno) if frames else (file, None)
        if isinstance(error, TemplateNotFound):
            return TextTemplateError(*at, f"找不到它引用的模板 {error.name}")
        if isinstance(error, KeyError):
            return TextTemplateError(*at, f"没有“{error.args[0]}”这个数据")
        return TextTemplateError(*at, str(error).rstrip("."))


def _environment(texts: Mapping[str, tuple[str, str]]) -> SandboxedEnvironment:
    from jinja2 import FunctionLoader, StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    def load(name: str) -> tuple[str, str, Any] | None:
        found = texts.get(name)
        return (found[1], found[0], lambda: True) if found is not None else None

    # Nothing is escaped: the result is text, not markup; writers escape for their own format.
    environment = SandboxedEnvironment(
        loader=FunctionLoader(load),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
        cache_size=200,
    )
    environment.globals = {k: v for k, v in environment.globals.items() if k in ("range", "namespace")}
    return environment
