"""The official Python client against a gateway at VSR_URL: models, answers, streams, tools, images, embeddings, errors, feedback."""
import json
import os
import urllib.request

import openai
from openai import OpenAI

URL = os.environ["VSR_URL"]
client = OpenAI(base_url=f"{URL}/v1", api_key=os.environ["VSR_KEY"], max_retries=0)
MATHS = "derivative integral equation"


def ask(content, **more):
    return client.chat.completions.with_raw_response.create(
        model=more.pop("model", "vsr"), messages=[{"role": "user", "content": content}], **more
    )


names = [model.id for model in client.models.list()]
assert names == ["vsr", "auto", "vsr/knn", "mathematician", "cook"], names

raw = ask(MATHS, user="3")
assert raw.headers["x-vsr-model"] == "mathematician", dict(raw.headers)
assert raw.headers["x-vsr-router"] == "knn" and float(raw.headers["x-vsr-score"]) > 0.5
answer = raw.parse()
assert answer.choices[0].message.content == "mathematician saw 0 images", answer
assert answer.usage.total_tokens == 9
assert ask("onion butter garlic", model="vsr/knn").headers["x-vsr-model"] == "cook"
assert ask(MATHS, model="cook").headers["x-vsr-reason"] == "alias"

pieces, usage = [], None
for chunk in client.chat.completions.create(
    model="auto", messages=[{"role": "user", "content": MATHS}], stream=True, stream_options={"include_usage": True}
):
    usage = chunk.usage or usage
    pieces += [choice.delta.content or "" for choice in chunk.choices]
assert "".join(pieces) == "mathematician saw 0 images" and len(pieces) > 3, pieces
assert usage.total_tokens == 9

tools = [{"type": "function", "function": {"name": "weigh", "parameters": {"type": "object", "properties": {}}}}]
call = ask(MATHS, tools=tools).parse().choices[0]
assert call.finish_reason == "tool_calls" and call.message.tool_calls[0].function.name == "weigh", call
assert json.loads(call.message.tool_calls[0].function.arguments) == {"a": 1}

# The cook is declared to take texts alone, so an image goes elsewhere although the question is about cooking.
picture = [
    {"type": "text", "text": "onion butter garlic"},
    {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}},
]
assert ask(picture).parse().choices[0].message.content == "mathematician saw 1 images"

vectors = client.embeddings.create(model="cook", input=["a", "b"], encoding_format="float")
assert [row.embedding for row in vectors.data] == [[0.5, -0.25]] * 2


def failure(kind, **asked):
    try:
        ask(asked.pop("content", MATHS), **asked)
    except kind as error:
        return error
    raise AssertionError(f"expected {kind.__name__}")


missing = failure(openai.NotFoundError, model="nobody")
assert missing.code == "model_not_found" and missing.param == "model", missing.body
refused = failure(openai.BadRequestError, content="refuse this")
assert refused.code == "refused" and refused.param == "messages", refused.body
down = failure(openai.InternalServerError, content="all of you fail")
assert down.status_code == 502 and down.code == "upstream_failed", down.body
inside = [{"type": "image_url", "image_url": {"url": "http://169.254.169.254/latest"}}]
assert failure(openai.BadRequestError, content=inside).code == "invalid_image_url"
stray = failure(openai.BadRequestError, extra_body={"vsr": {"budget": 1}})
assert stray.code == "invalid_value" and stray.param == "vsr.budget", stray.body

rating = urllib.request.Request(
    f"{URL}/v1/feedback",
    json.dumps({"id": answer.id, "rating": 1}).encode(),
    {"content-type": "application/json", "authorization": f"Bearer {client.api_key}"},
)
with urllib.request.urlopen(rating) as response:
    assert json.load(response)["kept"][0]["ratings"] == [1]
print(f"openai {openai.__version__} for Python: models, answers, streams, tools, images, embeddings, errors and feedback as expected")
