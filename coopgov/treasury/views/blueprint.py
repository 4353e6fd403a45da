"""Where the pages of the treasury are hung."""

from flask import Blueprint

bp = Blueprint("treasury", __name__, url_prefix="/treasury")
