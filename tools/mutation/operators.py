"""The faults that are planted. Each operator looks at one node of the tree and answers changes of the text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

from tools.mutation.source import Change, Node, Source

RELATIONS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}
ARITHMETIC = {
    "+": "-",
    "-": "+",
    "*": "/",
    "/": "*",
    "%": "*",
    "&": "|",
    "|": "&",
    "^": "|",
    "<<": ">>",
    ">>": "<<",
    "&&": "||",
    "||": "&&",
}
ASSIGNMENTS = {"+=": "-=", "-=": "+=", "*=": "/=", "/=": "*=", "|=": "&=", "&=": "|=", "^=": "|="}
UNARY = {"++": "--", "--": "++", "~": "", "-": ""}
ASSEMBLY = {
    "add": "sub",
    "sub": "add",
    "mul": "add",
    "div": "mul",
    "and": "or",
    "or": "and",
    "xor": "or",
    "shl": "shr",
    "shr": "shl",
    "lt": "gt",
    "gt": "lt",
    "eq": "lt",
    "addmod": "mulmod",
    "mulmod": "addmod",
}
# What a function answers that returns before it has begun, by the type of its answer.
NOTHING = {"bool": ("false", "true"), "address": ("address(0)",)}

Operator = Callable[[Source, Node], Iterator[Change]]


def delete_guard(source: Source, node: Node) -> Iterator[Change]:
    """An `if` that only reverts goes."""
    if node["nodeType"] == "IfStatement" and not node.get("falseBody"):
        body = node["trueBody"]
        inside = body["statements"] if body["nodeType"] == "Block" else [body]
        if len(inside) == 1 and inside[0]["nodeType"] == "RevertStatement":
            yield Change(*source.statement(node), "{}")


def negate_condition(source: Source, node: Node) -> Iterator[Change]:
    if node["nodeType"] in ("IfStatement", "WhileStatement", "ForStatement", "Conditional"):
        condition = node.get("condition")
        if condition:
            yield Change(*source.span(condition), f"!({source.text(condition)})")


def move_relation(source: Source, node: Node) -> Iterator[Change]:
    yield from _other_operator(source, node, RELATIONS)


def swap_arithmetic(source: Source, node: Node) -> Iterator[Change]:
    yield from _other_operator(source, node, ARITHMETIC)
    if node["nodeType"] == "Assignment" and node["operator"] in ASSIGNMENTS:
        yield _between(source, node["leftHandSide"], node["rightHandSide"], node["operator"], ASSIGNMENTS)
    if node["nodeType"] == "UnaryOperation" and node["operator"] in UNARY:
        start, end = source.span(node)
        text = source.text(node)
        yield Change(start, end, text.replace(node["operator"], UNARY[node["operator"]], 1))


def swap_in_assembly(source: Source, node: Node) -> Iterator[Change]:
    if node["nodeType"] == "YulFunctionCall":
        name = node["functionName"]
        if name["name"] in ASSEMBLY:
            yield Change(*source.span(name), ASSEMBLY[name["name"]])
        if name["name"] == "iszero":
            yield Change(*source.span(node), source.text(node["arguments"][0]))


def shift_constant(source: Source, node: Node) -> Iterator[Change]:
    """One more, and one less where there is something to take from."""
    if node["nodeType"] == "Literal" and node["kind"] == "number":
        text = source.text(node)
        yield Change(*source.span(node), f"({text} + 1)")
        if node["value"] != "0":
            yield Change(*source.span(node), f"({text} - 1)")
    if node["nodeType"] == "YulLiteral" and node["kind"] == "number":
        number = int(node["value"], 0)
        yield Change(*source.span(node), str(number + 1))
        if number:
            yield Change(*source.span(node), str(number - 1))


def flip_boolean(source: Source, node: Node) -> Iterator[Change]:
    if node["nodeType"] == "Literal" and node["kind"] == "bool":
        yield Change(*source.span(node), "false" if node["value"] == "true" else "true")


def delete_assignment(source: Source, node: Node) -> Iterator[Change]:
    if node["nodeType"] == "YulAssignment":
        yield Change(*source.span(node), "{}")
    elif _expression(node).get("nodeType") in ("Assignment", "UnaryOperation"):
        yield Change(*source.statement(node), "{}")


def delete_call(source: Source, node: Node) -> Iterator[Change]:
    """Calls for their effect alone: checks in functions of their own, other contracts, writes in assembly."""
    if node["nodeType"] == "YulExpressionStatement":
        yield Change(*source.span(node), "{}")
    elif _expression(node).get("nodeType") == "FunctionCall":
        yield Change(*source.statement(node), "{}")


def delete_event(source: Source, node: Node) -> Iterator[Change]:
    if node["nodeType"] == "EmitStatement":
        yield Change(*source.statement(node), "{}")


def drop_modifier(source: Source, node: Node) -> Iterator[Change]:
    if node["nodeType"] == "ModifierInvocation" and node.get("kind") == "modifierInvocation":
        yield Change(*source.span(node), "")


def swap_neighbours(source: Source, node: Node) -> Iterator[Change]:
    """Two arguments, or two targets of an assignment, that stand side by side and have one type."""
    if node["nodeType"] == "FunctionCall":
        listed = node["arguments"]
    elif node["nodeType"] == "Assignment" and node["leftHandSide"]["nodeType"] == "TupleExpression":
        listed = node["leftHandSide"]["components"]
    else:
        return
    for one, other in pairwise(listed):
        if not one or not other or _type(one) != _type(other) or source.text(one) == source.text(other):
            continue
        start, end = source.span(one)[0], source.span(other)[1]
        middle = source.between(source.span(one)[1], source.span(other)[0])
        yield Change(start, end, f"{source.text(other)}{middle}{source.text(one)}")


def return_early(source: Source, node: Node) -> Iterator[Change]:
    """Before the first statement: with what the variables of the answer begin with, or with nothing of its type."""
    if node["nodeType"] != "FunctionDefinition" or node["kind"] != "function" or not node.get("body"):
        return
    answers = node["returnParameters"]["parameters"]
    start = source.span(node["body"])[0] + 1
    if not answers:
        returned = [""]
    elif all(each["name"] for each in answers):
        returned = [f" ({', '.join(each['name'] for each in answers)})"]
    elif len(answers) == 1:
        returned = [f" {value}" for value in _nothing(_type(answers[0]))]
    else:
        return
    for value in returned:
        yield Change(start, start, f" return{value};")


OPERATORS: dict[str, Operator] = {
    "delete guard": delete_guard,
    "negate condition": negate_condition,
    "move relation": move_relation,
    "swap arithmetic": swap_arithmetic,
    "swap in assembly": swap_in_assembly,
    "shift constant": shift_constant,
    "flip boolean": flip_boolean,
    "delete assignment": delete_assignment,
    "delete call": delete_call,
    "delete event": delete_event,
    "drop modifier": drop_modifier,
    "swap neighbours": swap_neighbours,
    "return early": return_early,
}


def _other_operator(source: Source, node: Node, others: dict[str, str]) -> Iterator[Change]:
    if node["nodeType"] == "BinaryOperation" and node["operator"] in others:
        yield _between(source, node["leftExpression"], node["rightExpression"], node["operator"], others)


def _between(source: Source, left: Node, right: Node, operator: str, others: dict[str, str]) -> Change:
    start, end = source.span(left)[1], source.span(right)[0]
    return Change(start, end, source.between(start, end).replace(operator, others[operator], 1))


def _expression(node: Node) -> Node:
    found: Node = node["expression"] if node["nodeType"] == "ExpressionStatement" else {}
    return found


def _type(node: Node) -> str:
    found: str = node["typeDescriptions"]["typeString"]
    return found


def _nothing(kind: str) -> tuple[str, ...]:
    if kind.startswith(("uint", "int")) and "[" not in kind:
        return ("0",)
    if kind.startswith("bytes") and kind[5:].isdigit():
        return ("0",)
    return NOTHING.get(kind, ())
