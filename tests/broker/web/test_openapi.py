"""Nothing is served that is not documented, and the document keeps the NL GOV API Design Rules (standards.md 3)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from broker.app import TABLE as ROWS
from broker.web.headers import API_VERSION
from broker.web.openapi import Contact, codes_of, document
from broker.web.routes import PREFIX, TABLE
from broker.web.serving import full_table
from schemas.problems import PROBLEMS
from tests.broker.web.conftest import Start

HOUSE = "/houses/{house}"


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    """The document of the whole broker."""
    return document(full_table(ROWS), Contact(), "https://makelaar.example")


def operations(described: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every (path, method, operation)."""
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


async def test_what_is_served_is_what_is_documented(start: Start) -> None:
    async with start() as running:
        described = document(running.application[TABLE].values(), Contact(), "https://makelaar.example")
        served = {
            (re.sub(r"\{(\w+):[^}]*\}", r"{\1}", route.resource.canonical), route.method)
            for route in running.application.router.routes()
            if route.resource is not None
        }
    documented = {(PREFIX + path, method.upper()) for path, method, _ in operations(described)}
    assert served == documented
    assert (f"{PREFIX}/openapi.json", "GET") in served


def test_the_broker_has_the_routes_of_its_interface(described: dict[str, Any]) -> None:
    assert {(method.upper(), path.removeprefix(HOUSE)) for path, method, _ in operations(described)} == {
        ("GET", "/openapi.json"),
        ("POST", "/messages"),
        ("GET", "/inbox"),
        ("GET", "/directory"),
        ("GET", "/packs/{digest}"),
        ("GET", "/cases/{case}"),
        ("POST", "/questions/_allowed"),
        ("GET", "/log/checkpoint"),
        ("GET", "/log/tile/entries/{index}"),
        ("GET", "/log/tile/{level}/{index}"),
        ("POST", "/log/_entries"),
        ("POST", "/provisions/_search"),
    }


def test_the_head_of_the_document(described: dict[str, Any]) -> None:
    assert described["openapi"].startswith("3.1")
    assert set(described["info"]["contact"]) == {"name", "url", "email"}
    assert re.fullmatch(r"\d+\.\d+\.\d+", API_VERSION)
    assert described["info"]["version"] == API_VERSION
    assert [server["url"] for server in described["servers"]] == ["https://makelaar.example/v1"]


def test_paths_and_names_follow_the_rules(described: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(described)]
    assert len(set(ids)) == len(ids)
    for path, _, operation in operations(described):
        assert not path.endswith("/")
        assert re.fullmatch(r"(/(_?[a-z0-9-]+(\.json)?|\{[a-z]+\}))+", path)
        for parameter in operation["parameters"]:
            assert parameter["in"] == "header" or re.fullmatch(r"[a-z][a-zA-Z0-9]*", parameter["name"])
            assert parameter["description"]


def test_each_answer_carries_the_version_and_each_error_is_a_problem(described: dict[str, Any]) -> None:
    for path, method, operation in operations(described):
        for status, answer in operation["responses"].items():
            assert "API-Version" in answer["headers"], (path, status)
            if int(status) >= 400:
                assert list(answer["content"]) == ["application/problem+json"], (path, status)
            if status in ("429", "503"):
                assert "Retry-After" in answer["headers"]
        assert "422" not in operation["responses"]
        if method == "post" or operation["parameters"]:
            assert "400" in operation["responses"], path
        assert ("401" in operation["responses"]) == (operation.get("security") != [])


def test_only_the_description_is_public(described: dict[str, Any]) -> None:
    public = [path for path, _, operation in operations(described) if operation.get("security") == []]
    assert public == ["/openapi.json"]


def test_every_reference_leads_somewhere(described: dict[str, Any]) -> None:
    refs = set(re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(described)))
    assert len(refs) > 10
    for ref in refs:
        node: Any = described
        for part in ref.split("/"):
            node = node[part]
        assert isinstance(node, dict)


def test_the_problem_has_its_members(described: dict[str, Any]) -> None:
    problem = described["components"]["schemas"]["Problem"]
    assert {"type", "title", "status", "detail", "code"} <= set(problem["required"])


def test_every_code_that_a_route_names_exists() -> None:
    for route in full_table(ROWS):
        assert set(codes_of(route)) <= set(PROBLEMS)


def test_descriptions_are_dutch(described: dict[str, Any]) -> None:
    for path, _, operation in operations(described):
        assert operation["summary"].endswith("."), path
        assert " the " not in f" {operation['summary'].lower()} ", path
    for name, schema in described["components"]["schemas"].items():
        assert " the " not in json.dumps(schema.get("description", "")), name


async def test_the_description_is_readable_from_any_page(start: Start) -> None:
    async with start() as running, running.call(None, "GET", running.url("/v1/openapi.json")) as response:
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert (await response.json())["openapi"].startswith("3.1")


def test_a_403_is_a_refusal_by_the_protocol_or_an_ordinary_problem(described: dict[str, Any]) -> None:
    answer = described["paths"]["/houses/{house}/messages"]["post"]["responses"]["403"]
    schema = answer["content"]["application/problem+json"]["schema"]
    names = [form["$ref"].rpartition("/")[2] for form in schema["anyOf"]]
    assert names == ["Refusal", "Problem"]


def test_a_form_is_described_where_there_is_one(described: dict[str, Any]) -> None:
    for path, _, operation in operations(described):
        for parameter in operation["parameters"]:
            if parameter["in"] == "path":
                assert parameter["schema"]["pattern"].startswith("^"), path
    asked = described["components"]["schemas"]["AllowedQuery"]["properties"]
    assert re.fullmatch(asked["recipient"]["pattern"], "00000099000000001000:politie")
    assert not re.fullmatch(asked["phase"]["pattern"], "Fase 1")
