"""A plain agent loop with boto3: the peer beside which our turns are measured. It asks, runs the tool it is told to, and answers; no scope, no database,
no check, no record of what was said. Prints one JSON object with the times of its turns.

usage: bench-turns.py ENDPOINT TURNS
"""

import json
import sys
import time

import boto3

MODEL = "global.anthropic.claude-sonnet-4-6"
TOOL = {"toolSpec": {"name": "spend", "description": "What was spent.", "inputSchema": {"json": {"type": "object", "properties": {}}}}}
RESULT = {"total_usd": "29732.00", "rows": [{"name": f"Product {n}", "spend_usd": "1000.00"} for n in range(10)]}


def ask(client, messages):
    """One streamed call: the assistant's message, put together."""
    blocks, stop = {}, None
    answer = client.converse_stream(
        modelId=MODEL,
        system=[{"text": "You answer questions about spend."}],
        messages=messages,
        inferenceConfig={"maxTokens": 2000},
        toolConfig={"tools": [TOOL]},
    )
    for event in answer["stream"]:
        if start := event.get("contentBlockStart"):
            blocks[start["contentBlockIndex"]] = {"toolUse": {**start["start"]["toolUse"], "input": ""}}
        elif delta := event.get("contentBlockDelta"):
            at, piece = delta["contentBlockIndex"], delta["delta"]
            if "text" in piece:
                blocks.setdefault(at, {"text": ""})["text"] += piece["text"]
            elif "toolUse" in piece:
                blocks[at]["toolUse"]["input"] += piece["toolUse"]["input"]
        elif end := event.get("messageStop"):
            stop = end["stopReason"]
    for block in blocks.values():
        if "toolUse" in block:
            block["toolUse"]["input"] = json.loads(block["toolUse"]["input"] or "{}")
    return [blocks[at] for at in sorted(blocks)], stop


def turn(client):
    messages = [{"role": "user", "content": [{"text": "Which of my products is spending the most on Bedrock?"}]}]
    while True:
        content, stop = ask(client, messages)
        messages.append({"role": "assistant", "content": content})
        if stop != "tool_use":
            return
        results = [
            {"toolResult": {"toolUseId": block["toolUse"]["toolUseId"], "content": [{"json": RESULT}], "status": "success"}}
            for block in content
            if "toolUse" in block
        ]
        messages.append({"role": "user", "content": results})


def main(endpoint, turns):
    client = boto3.client(
        "bedrock-runtime",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="AKIDEXAMPLE",
        aws_secret_access_key="secret-for-loopback",
    )
    turn(client)
    times = []
    for _ in range(turns):
        started = time.perf_counter()
        turn(client)
        times.append((time.perf_counter() - started) * 1000)
    print(json.dumps({"turns_ms": times, "version": boto3.__version__}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
