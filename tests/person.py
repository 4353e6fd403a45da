"""Somebody in front of the pages, without a screen: follows links by their words, fills in forms by their labels."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, TreeBuilder

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
TYPED, CHOICES = {"input", "select", "textarea"}, {"radio", "checkbox"}
OK, REFUSED = 200, 422
Answers = Mapping[str, Any]


class _Reader(HTMLParser):
    """Builds the tree of a page; a tag that is not closed in its place fails."""

    def __init__(self) -> None:
        super().__init__()
        self.builder, self.open = TreeBuilder(), ["document"]
        self.builder.start("document", {})

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.builder.start(tag, {name: value or "" for name, value in attrs})
        if tag in VOID:
            self.builder.end(tag)
        else:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.builder.start(tag, {name: value or "" for name, value in attrs})
        self.builder.end(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes nothing at {self.getpos()}"
        self.builder.end(tag)

    def handle_data(self, data: str) -> None:
        self.builder.data(data)


def tree_of(html: str) -> Element:
    """The page as a tree."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == ["document"], f"never closed: {reader.open[1:]}"
    reader.builder.end("document")
    return reader.builder.close()


def words(text: str) -> str:
    """A text with plain single spaces, as a person would type it."""
    return " ".join(text.replace("\u202f", " ").replace("\u00a0", " ").split())


def words_of(element: Element) -> str:
    """What can be read in a part of a page."""
    return words(" ".join(element.itertext()))


@dataclass(frozen=True)
class Form:
    """One form of a page: what a browser would send, and the labels of its fields."""

    element: Element
    labels: Mapping[str, str]

    def buttons(self) -> Iterator[Element]:
        """Its buttons."""
        return (button for button in self.element.iter("button") if button.get("type", "submit") == "submit")

    def controls(self) -> Iterator[Element]:
        """Its fields that have a name."""
        return (one for one in self.element.iter() if one.tag in TYPED and one.get("name"))

    def sent(self, answers: Answers) -> dict[str, Any]:
        """What is sent when these are typed, chosen or ticked; a label that the form does not have fails."""
        data = self._as_it_stands()
        for asked, answer in answers.items():
            name, value = self._answer(asked, answer)
            data.pop(name, None)
            if value is not None:
                data[name] = value
        return data

    def _as_it_stands(self) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for control in self.controls():
            value = _value(control)
            if value is not None:
                data.setdefault(control.attrib["name"], []).append(value)
        return data

    def _answer(self, asked: str, answer: Any) -> tuple[str, Any]:
        control = self._asked(asked)
        name = control.attrib["name"]
        if control.get("type") in CHOICES and not self._label(control).startswith(asked):
            return name, self._chosen(name, answer)
        return name, self._typed(control, answer)

    def _asked(self, asked: str) -> Element:
        """The field with this label or, failing that, with one that begins so; for choices, the legend counts too."""
        controls = list(self.controls())
        whole = [one for one in controls if self._label(one).removesuffix(" (facultatif)") == asked]
        begun = [one for one in controls if self._label(one).startswith(asked)]
        around = [one for one in controls if one.get("type") in CHOICES and self._legend(one).startswith(asked)]
        assert whole or begun or around, f"“{asked}” is not asked here; there is {sorted(set(self.labels.values()))}"
        return (whole or begun or around)[0]

    def _chosen(self, name: str, answer: str | Sequence[str]) -> list[str]:
        answers = [answer] if isinstance(answer, str) else answer
        options = [one for one in self.controls() if one.get("name") == name]
        found = [one.attrib["value"] for one in options for a in answers if self._label(one).startswith(a)]
        assert len(found) == len(answers), f"not all of {answers} in {[self._label(one) for one in options]}"
        return found

    def _typed(self, control: Element, answer: Any) -> Any:
        if control.get("type") == "checkbox":
            return control.get("value", "on") if answer else None
        if control.tag == "select":
            return next(o.get("value") for o in control.iter("option") if words_of(o).startswith(answer))
        return answer

    def _label(self, control: Element) -> str:
        return self.labels.get(control.get("id", ""), "")

    def _legend(self, control: Element) -> str:
        around = (f for f in self.element.iter("fieldset") if any(one is control for one in f.iter("input")))
        return " ".join(words_of(legend) for one in around for legend in one.iter("legend"))


def _value(control: Element) -> str | None:
    if control.tag == "textarea":
        return "".join(control.itertext()).replace("\r\n", "\n").removeprefix("\n")
    if control.tag == "select":
        options = list(control.iter("option"))
        chosen = [one for one in options if "selected" in one.attrib] or options[:1]
        return chosen[0].get("value") if chosen else None
    if control.get("type") in CHOICES:
        return control.get("value", "on") if "checked" in control.attrib else None
    return control.get("value", "")


@dataclass
class Person:
    """One person's browser: the page she is on, and what she does with it."""

    client: Any
    path: str = "/"
    answer: Any = None
    tree: Element = field(default_factory=lambda: Element("document"))

    # What she does

    def opens(self, path: str, status: int = OK) -> "Person":
        """Go to an address."""
        return self._arrive(self.client.get(path, follow_redirects=True), status)

    def follows(self, label: str) -> "Person":
        """Follow the first link with these words."""
        links = [link for link in self.main.iter("a") if words_of(link).startswith(label)]
        assert links, f"no link “{label}” among {[words_of(link) for link in self.main.iter('a')]}"
        return self.opens(self._from_here(links[0].attrib["href"]))

    def presses(self, label: str, answers: Answers | None = None, *, status: int = OK) -> "Person":
        """Fill in the form that has this button, by its labels, and press it."""
        form, button = self._button(label)
        data = form.sent(answers or {})
        if button.get("name"):
            data[button.attrib["name"]] = button.get("value", "")
        target = self._from_here(button.get("formaction") or form.element.get("action") or self.path)
        if form.element.get("method", "get").lower() == "get":
            bare = target.partition("?")[0]
            return self._arrive(self.client.get(bare, query_string=data, follow_redirects=True), status)
        return self._arrive(self.client.post(target, data=data, follow_redirects=True), status)

    def is_refused(self, label: str, answers: Answers | None = None) -> "Person":
        """Press a button and be told why not, on the same page."""
        return self.presses(label, answers, status=REFUSED)

    # What she sees

    @property
    def main(self) -> Element:
        """The page without its frame."""
        return next(self.tree.iter("main"), self.tree)

    @property
    def text(self) -> str:
        """All that can be read on the page."""
        return words_of(self.tree)

    def sees(self, *sentences: str) -> "Person":
        """Make sure that all of this can be read."""
        for sentence in sentences:
            assert words(sentence) in self.text, f"“{sentence}” is not in: {words_of(self.main)}"
        return self

    def misses(self, *sentences: str) -> "Person":
        """Make sure that nothing of this can be read."""
        for sentence in sentences:
            assert words(sentence) not in self.text, f"“{sentence}” is in: {words_of(self.main)}"
        return self

    def field(self, label: str) -> str | None:
        """What stands in a field."""
        forms = (Form(form, self._labels()) for form in self.main.iter("form"))
        return next(_value(c) for form in forms for c in form.controls() if form._label(c).startswith(label))

    def paper(self, title: str) -> Any:
        """Open the paper with this title, as the browser gets it."""
        links = [link for link in self.main.iter("a") if title in words_of(link)]
        assert links, f"no paper “{title}” in: {words_of(self.main)}"
        return self.client.get(links[0].attrib["href"])

    # How it is done

    def _button(self, label: str) -> tuple[Form, Element]:
        forms = [Form(form, self._labels()) for form in self.tree.iter("form")]
        found = [(form, b) for form in forms for b in form.buttons() if words_of(b).startswith(label)]
        assert found, f"no button “{label}” among {[words_of(b) for form in forms for b in form.buttons()]}"
        return found[0]

    def _labels(self) -> dict[str, str]:
        return {label.get("for", ""): words_of(label) for label in self.tree.iter("label")}

    def _from_here(self, address: str) -> str:
        parts = urlsplit(address)
        path = parts.path or urlsplit(self.path).path
        return f"{path}?{parts.query}" if parts.query else path

    def _arrive(self, answer: Any, status: int) -> "Person":
        self.answer, self.tree = answer, tree_of(answer.text)
        self.path = answer.request.full_path.rstrip("?")
        assert answer.status_code == status, f"{answer.status_code} at {self.path}: {words_of(self.main)}"
        return self
