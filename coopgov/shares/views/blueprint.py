"""Where the pages of the share book are hung."""

from flask import Blueprint

bp = Blueprint("shares", __name__, url_prefix="/shares")
