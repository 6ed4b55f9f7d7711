"""The application: a site comes in, an ASGI application that serves its pages goes out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI
from fastapi.staticfiles import StaticFiles

from desk import __version__
from desk.web.faults import add_faults
from desk.web.paper import FOLDER
from desk.web.routes import (
    against,
    api,
    audit,
    behind,
    carrying,
    case_papers,
    cases,
    documents,
    door,
    duplicates,
    figures,
    group,
    home,
    manual,
    people,
    records,
    review,
    scans,
    take,
)
from desk.web.shield import Shield
from desk.web.site import Site
from desk.web.uploads import sweep
from desk.web.watching import watching

ROUTES = (
    case_papers.routes,
    cases.routes,
    audit.routes,
    behind.routes,
    documents.routes,
    door.routes,
    figures.routes,
    group.routes,
    home.routes,
    manual.routes,
    people.routes,
    duplicates.routes,
    against.routes,
    carrying.routes,
    records.routes,
    review.routes,
    scans.routes,
    take.routes,
)


_EVERY = APIRouter()
"""All routes; what a request needs is worked out once for each, with the first request."""
_EVERY.include_router(api.routes)
for _routes in ROUTES:
    _EVERY.include_router(_routes, include_in_schema=False)


def create_app(site: Site) -> FastAPI:
    """The desk as a web application."""

    @asynccontextmanager
    async def working(_: FastAPI) -> AsyncIterator[None]:
        sweep(site.store.home)
        with site.reader.at_work(), watching(site.watch):
            yield

    app = FastAPI(
        title="dangan",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=working,
        routes=[*_EVERY.routes],
    )
    app.state.site = site
    app.mount("/static", StaticFiles(directory=FOLDER / "static"), name="static")
    add_faults(app)
    app.add_middleware(Shield, site=site)
    return app
