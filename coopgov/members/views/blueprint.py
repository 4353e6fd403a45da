"""The blueprint that every page of the members hangs on."""

from flask import Blueprint

bp = Blueprint("members", __name__)
REFUSED = 422
