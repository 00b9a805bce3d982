"""Send what a peer asks of Intuit's hosts to the simulator instead.

Python runs this first when the folder is in PYTHONPATH.  Only addresses are
changed, below requests.  What the simulator lacks is made up for: it has no
batch endpoint, so each query of a batch is asked by itself and the answers are
put together as text; and it takes the client's secret by HTTP Basic alone, not
in the form.
"""
import base64
import json
import os

API = os.environ["QBO_API_URL"].rstrip("/")
HOSTS = {
    "https://quickbooks.api.intuit.com": API,
    "https://sandbox-quickbooks.api.intuit.com": API,
    "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer":
        os.environ["QBO_TOKEN_URL"],
    "https://developer.intuit.com/.well-known/openid_sandbox_configuration/":
        os.environ["QBO_DISCOVERY_URL"],
}


def redirected(url):
    for host, other in HOSTS.items():
        if url.startswith(host):
            return other + url[len(host):]
    return url


def ask_one_by_one(send, adapter, request, options):
    import requests

    answers = []
    for item in json.loads(request.body)["BatchItemRequest"]:
        one = requests.Request(
            "GET", request.url.replace("/batch", "/query"),
            params={"query": item["Query"]},
            headers={"Authorization": request.headers["Authorization"],
                     "Accept": "application/json",
                     "Accept-Encoding": "gzip"}).prepare()
        answer = send(adapter, one, **options)
        if answer.status_code != 200:
            return answer
        answers.append('{"bId":"%s",%s' % (item["bId"],
                                           answer.content.decode()[1:]))
    answer._content = ('{"BatchItemResponse":[%s]}' %
                       ",".join(answers)).encode()
    return answer


def by_basic(request):
    pair = "%s:%s" % (os.environ["QBO_CLIENT_ID"],
                      os.environ["QBO_CLIENT_SECRET"])
    request.headers["Authorization"] = "Basic " + base64.b64encode(
        pair.encode()).decode()


def patch():
    try:
        from requests.adapters import HTTPAdapter
    except ImportError:
        return
    send = HTTPAdapter.send

    def send_there(adapter, request, **options):
        request.url = redirected(request.url)
        if request.url == os.environ["QBO_TOKEN_URL"]:
            by_basic(request)
        if "/batch?" in request.url:
            return ask_one_by_one(send, adapter, request, options)
        return send(adapter, request, **options)

    HTTPAdapter.send = send_there


patch()
