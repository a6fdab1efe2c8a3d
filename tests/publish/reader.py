"""Reads a published source as a page does, from a folder or an address: every digest is checked, then DuckDB answers.

    reader.py BASE SELECT

A query in the address is used for all objects. Prints the rows as JSON. Fails when anything that the served manifest names is missing or is not what it says."""
import hashlib
import json
import sys
import tempfile
import urllib.request

import duckdb

base, select = sys.argv[1:]
base, _, query = base.partition("?")


def read(path):
    if "://" in base:
        with urllib.request.urlopen(f"{base}/{path}?{query}", timeout=60) as answer:
            return answer.read()
    with open(f"{base}/{path}", "rb") as file:
        return file.read()


def hold(path, content, digest):
    found = hashlib.sha256(content).hexdigest()[:32]
    assert found == digest, f"{path} has the digest {found}, and {digest} is named"


manifest = json.loads(read("manifest.json"))
document = read(manifest["path"])
hold(manifest["path"], document, manifest["digest"])
document = json.loads(document)
with tempfile.TemporaryDirectory() as folder:
    files = []
    for at, file in enumerate(document["files"]):
        content = read(file["path"])
        assert len(content) == file["size"], f"{file['path']} has {len(content)} bytes, and {file['size']} are named"
        hold(file["path"], content[-file["footer_size"] :], file["footer_digest"])
        hold(file["chunks_path"], read(file["chunks_path"]), file["chunks_digest"])
        files.append(f"{folder}/{at}.parquet")
        with open(files[-1], "wb") as copy:
            copy.write(content)
    rows = duckdb.sql(f"select {select} from read_parquet({files})").fetchall() if files else []
    print(json.dumps(rows, default=str))
