"""Fetching a registration's three responses from the OSF's API, for those who are online."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import requests

API = "https://api.osf.io/v2"
_TRIES = 4
_TIMEOUT = (10, 60)
_MOST_PAGES = 200
_LONGEST_WAIT = 60.0

# What the OSF answers for what it does not show, and why.
_HINTS = {
    401: "the OSF shows it only to its contributors; is it private or under embargo?",
    403: "the OSF shows it only to its contributors; is it private, under embargo or withdrawn?",
    404: "there is no such registration; is the id that of the registration, not of the project?",
    410: "it was deleted",
}


class FetchError(Exception):
    """The API could not be read; the message says what it answered."""


def get(url: str, session: requests.Session, wait: Callable[[float], None] = time.sleep) -> dict[str, Any]:
    """One JSON answer, tried again after 429 and 5xx answers and broken connections, waiting longer each time."""
    problem, pause = "", 0.0
    for attempt in range(_TRIES):
        if attempt:
            wait(max(pause, 2.0**attempt))
        try:
            response = session.get(url, timeout=_TIMEOUT, headers={"Accept": "application/vnd.api+json"})
        except requests.RequestException as error:
            problem, pause = _words_of(error), 0.0
            continue
        if response.status_code == 200:
            answer = _json(response)
            if isinstance(answer, dict):
                return answer
            problem, pause = "it did not answer with JSON, or with a part of it", 0.0
            continue
        hint = _HINTS.get(response.status_code)
        problem = f"status {response.status_code}" + (f" ({hint})" if hint else "")
        pause = _asked_pause(response)
        if response.status_code != 429 and response.status_code < 500:
            break
    raise FetchError(f"{url} could not be read: {problem}")


def _json(response: requests.Response) -> Any:
    """What an answer holds; None where it is no JSON, as a page to log in or an answer that broke off."""
    try:
        return response.json()
    except ValueError:
        return None


def _words_of(error: requests.RequestException) -> str:
    if isinstance(error, requests.Timeout):
        return "it did not answer in time"
    return "no connection" if isinstance(error, requests.ConnectionError) else type(error).__name__


def _asked_pause(response: requests.Response) -> float:
    """The seconds that an answer asks to wait (Retry-After), at most a minute; 0 where it asks for none."""
    asked = response.headers.get("Retry-After", "")
    return min(float(asked), _LONGEST_WAIT) if asked.isdigit() else 0.0


def get_pages(url: str, session: requests.Session, wait: Callable[[float], None] = time.sleep) -> list[dict[str, Any]]:
    """All pages of a listing, following links.next."""
    found: list[dict[str, Any]] = []
    following: str | None = url
    while following:
        if len(found) == _MOST_PAGES:
            raise FetchError(f"{url} has more than {_MOST_PAGES} pages")
        page = get(following, session, wait)
        found.append(page)
        following = (page.get("links") or {}).get("next")
    return found


def fetch(guid: str, api: str = API, wait: Callable[[float], None] = time.sleep) -> dict[str, Any]:
    """registration, schema_responses and schema_blocks of a registration, each as the API answers (listings by page).

    Raises:
        FetchError: what could not be read; that it is withdrawn, because nothing of it can be read then.
    """
    with requests.Session() as session:
        registration = get(f"{api}/registrations/{guid}/", session, wait)
        attributes = registration.get("data", {}).get("attributes", {})
        if attributes.get("withdrawn"):
            raise FetchError(
                f"the registration {guid} is withdrawn: {attributes.get('withdrawal_justification') or 'no reason given'}"
            )
        relations = registration.get("data", {}).get("relationships", {})
        schema = (relations.get("registration_schema", {}).get("data") or {}).get("id")
        if not schema:
            raise FetchError(f"the registration {guid} does not name its form")
        return {
            "registration": registration,
            "schema_responses": get_pages(f"{api}/registrations/{guid}/schema_responses/", session, wait),
            "schema_blocks": get_pages(f"{api}/schemas/registrations/{schema}/schema_blocks/", session, wait),
        }
