"""The application: a site comes in, an ASGI application that serves its pages goes out."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from desk import __version__
from desk.web.faults import add_faults
from desk.web.paper import FOLDER
from desk.web.routes import door, home, people, scans
from desk.web.shield import Shield
from desk.web.site import Site

ROUTES = (
    door.routes,
    home.routes,
    people.routes,
    scans.routes,
)


def create_app(site: Site) -> FastAPI:
    """The desk as a web application."""
    app = FastAPI(title="dangan", version=__version__, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.site = site
    app.mount("/static", StaticFiles(directory=FOLDER / "static"), name="static")
    for routes in ROUTES:
        app.include_router(routes)
    add_faults(app)
    app.add_middleware(Shield, site=site)
    return app
