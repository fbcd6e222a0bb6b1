from flask import Blueprint

from web.rendering import page
from web.security import access

bp = Blueprint("readiness", __name__, template_folder="templates")


@bp.route("/organizations/<int:organization_id>/readiness", methods=['GET'])
@access("user")
def show(organization_id):
    return page("readiness/bare.html")


@bp.route("/organizations/<int:organization_id>/readiness/new", methods=['GET', 'POST'])
@access("user")
def assess(organization_id):
    return page("readiness/bare.html")
