from flask import Blueprint

from web.rendering import page
from web.security import access

bp = Blueprint("organizations", __name__, template_folder="templates")


@bp.route("/organization", methods=['GET', 'POST'])
@access("user")
def profile():
    return page("organizations/bare.html")


@bp.route("/organization/members", methods=['GET', 'POST'])
@access("user")
def members():
    return page("organizations/bare.html")


@bp.route("/organization/certificates", methods=['GET', 'POST'])
@access("user")
def certificates():
    return page("organizations/bare.html")


@bp.route("/organizations/<int:organization_id>", methods=['GET'])
@access("public")
def public(organization_id):
    return page("organizations/bare.html")
