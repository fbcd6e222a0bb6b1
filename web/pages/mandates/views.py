from flask import Blueprint

from web.rendering import page
from web.security import access

bp = Blueprint("mandates", __name__, template_folder="templates")


@bp.route("/mandates", methods=['GET'])
@access("user")
def listing():
    return page("mandates/bare.html")


@bp.route("/mandates", methods=['POST'])
@access("broker")
def propose():
    return page("mandates/bare.html")


@bp.route("/mandates/<int:mandate_id>/<action>", methods=['POST'])
@access("user")
def answer(mandate_id, action):
    return page("mandates/bare.html")
