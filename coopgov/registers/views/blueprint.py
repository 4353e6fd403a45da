"""The blueprint that every page of the registers hangs on."""

from pathlib import Path

from flask import Blueprint, current_app

bp = Blueprint("registers", __name__)


def documents_folder() -> Path:
    """Where archived documents are kept."""
    folder: Path = current_app.extensions["coopgov.config"].documents_dir
    return folder
