"""A BigQuery on loopback, as far as its ADBC driver asks: jobs and tables by REST, rows by the Storage Read API, answers by DuckDB.

The driver has no option for another address. What it knows is a proxy (HTTPS_PROXY) and whom to trust (SSL_CERT_FILE): the proxy
here leads Google's two names to servers here, whose certificate the client is told to trust, and no other name anywhere.

Usage: bigquery.py FOLDER SQL. Writes certificate.pem and key.json into the folder; says `listening on PORT`, the proxy's.
"""
import datetime, json, re, socket, ssl, sys, threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import duckdb, grpc, pyarrow, sqlglot
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

PROJECT, LOCATION = "shop", "EU"
BATCH_ROWS, N_STREAMS = 10_000, 2
REST, STORAGE = "bigquery.googleapis.com", "bigquerystorage.googleapis.com"
SERVICE = "google.cloud.bigquery.storage.v1.BigQueryRead"


class Refused(Exception):
    def __init__(self, status, message):
        self.status, self.message = status, message


class Warehouse:
    """Jobs and what they answer; an answer is a table of a hidden dataset, as in BigQuery."""

    def __init__(self, sql):
        self.database, self.lock, self.answers, self.sql = duckdb.connect(), threading.Lock(), {}, ""
        self.database.sql("set timezone = 'UTC'")
        self.database.sql(f"create schema {PROJECT}")
        self.database.execute(sql)

    def run(self, sql):
        self.sql = sql
        fails_after = re.search(r"/\* fails after (\d+) rows \*/", sql)
        try:
            translated = sqlglot.transpile(sql, read="bigquery", write="duckdb")[0]
            with self.lock:
                table = self.database.sql(translated).to_arrow_table()
        except Exception as error:
            raise Refused(400, str(error)) from error
        job = f"job_{len(self.answers)}"
        self.answers[job] = (as_bigquery(table), int(fails_after[1]) if fails_after else None)
        return job

    def batches(self, stream):
        """Of one of the streams that an answer is divided among."""
        job, at = re.fullmatch(r".*/sessions/(\w+)/streams/(\d+)", stream).groups()
        table, fails_after = self.answers[job]
        rows = -(-table.num_rows // N_STREAMS)
        return table.slice(int(at) * rows, rows).to_batches(BATCH_ROWS), fails_after


def as_bigquery(table):
    """Whole numbers have 64 bits, decimals 38 digits, nine of them after the point."""
    return table.cast(pyarrow.schema([(field.name, arrow_type(field.type)) for field in table.schema]))


def arrow_type(kind):
    if pyarrow.types.is_integer(kind):
        return pyarrow.int64()
    return pyarrow.decimal128(38, 9) if pyarrow.types.is_decimal(kind) else kind


def rest_type(kind):
    named = [("integer", "INTEGER"), ("decimal", "NUMERIC"), ("floating", "FLOAT"), ("boolean", "BOOLEAN"), ("date", "DATE")]
    for name, rest in named:
        if getattr(pyarrow.types, f"is_{name}")(kind):
            return rest
    if pyarrow.types.is_timestamp(kind):
        return "TIMESTAMP" if kind.tz else "DATETIME"
    return "STRING"


# REST

def job_resource(job, sql):
    reference = {"projectId": PROJECT, "jobId": job, "location": LOCATION}
    destination = {"projectId": PROJECT, "datasetId": "_answers", "tableId": job}
    query = {"query": sql, "destinationTable": destination, "useLegacySql": False}
    return {
        "kind": "bigquery#job", "id": f"{PROJECT}:{LOCATION}.{job}", "jobReference": reference,
        "configuration": {"jobType": "QUERY", "query": query}, "status": {"state": "DONE"},
        "statistics": {"creationTime": "0", "query": {"statementType": "SELECT"}},
    }


def answer(warehouse, method, path, body):
    if method == "POST" and path == f"/bigquery/v2/projects/{PROJECT}/jobs":
        sql = body["configuration"]["query"]["query"]
        return job_resource(warehouse.run(sql), sql)
    if found := re.fullmatch(rf"/bigquery/v2/projects/{PROJECT}/jobs/(\w+)", path):
        return job_resource(found[1], "")
    if found := re.fullmatch(rf"/bigquery/v2/projects/{PROJECT}/(?:queries|datasets/_answers/tables)/(\w+)", path):
        job, (table, _) = found[1], warehouse.answers[found[1]]
        schema = {"fields": [{"name": field.name, "type": rest_type(field.type)} for field in table.schema]}
        return {"jobComplete": True, "totalRows": str(table.num_rows), "numRows": str(table.num_rows), "schema": schema} | {
            name: job_resource(job, "")["jobReference"] if name == "jobReference" else {"projectId": PROJECT, "datasetId": "_answers", "tableId": job}
            for name in ("jobReference", "tableReference")
        }
    raise Refused(404, f"not known here: {method} {path}")


class Rest(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def serve(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = urlsplit(self.path).path
        try:
            if not self.headers.get("Authorization", "").startswith("Bearer "):
                raise Refused(401, "no credentials")
            status, told = 200, answer(self.server.warehouse, self.command, path, json.loads(body or "null"))
        except Refused as refused:
            reason = {"message": refused.message, "reason": "invalidQuery"}
            status, told = refused.status, {"error": {"code": refused.status, "message": refused.message, "errors": [reason]}}
        send(self, status, told)

    do_GET = do_POST = serve

    def log_message(self, *_):
        pass


def send(handler, status, told):
    text = json.dumps(told).encode()
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(text)))
    handler.end_headers()
    handler.wfile.write(text)


# The Storage Read API: messages of Protocol Buffers by their fields' numbers.

def number(value):
    out = b""
    while value > 0x7F:
        out, value = out + bytes([value & 0x7F | 0x80]), value >> 7
    return out + bytes([value])


def field(at, value):
    if isinstance(value, int):
        return number(at << 3) + number(value)
    value = value.encode() if isinstance(value, str) else value
    return number(at << 3 | 2) + number(len(value)) + value


def fields(message):
    """Only what the requests have: numbers and texts."""
    at, found = 0, {}

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte, at = message[at], at + 1
            value, shift = value | (byte & 0x7F) << shift, shift + 7
            if byte < 0x80:
                return value

    while at < len(message):
        key = varint()
        value = varint()
        if key & 7 == 2:
            value, at = message[at:at + value], at + value
        found[key >> 3] = value
    return found


class Storage(grpc.GenericRpcHandler):
    def __init__(self, warehouse):
        self.warehouse = warehouse

    def service(self, call):
        if call.method == f"/{SERVICE}/CreateReadSession":
            return grpc.unary_unary_rpc_method_handler(self.create)
        if call.method == f"/{SERVICE}/ReadRows":
            return grpc.unary_stream_rpc_method_handler(self.read)
        return None

    def create(self, request, context):
        if "/* no read sessions */" in self.warehouse.sql:
            context.abort(grpc.StatusCode.PERMISSION_DENIED, "bigquery.readsessions.create denied")
        session = fields(fields(request)[2])
        table = session[6].decode()
        job = table.rsplit("/", 1)[1]
        name = f"projects/{PROJECT}/locations/{LOCATION}/sessions/{job}"
        rows = self.warehouse.answers[job][0]
        schema = rows.schema.serialize().to_pybytes()
        streams = b"".join(field(10, field(1, f"{name}/streams/{at}")) for at in range(N_STREAMS))
        return field(1, name) + field(3, 2) + field(5, field(1, schema)) + field(6, table) + streams + field(14, rows.num_rows)

    def read(self, request, context):
        asked = fields(request)
        batches, fails_after = self.warehouse.batches(asked[1].decode())
        at, offset = 0, asked.get(2, 0)
        for batch in batches:
            if fails_after is not None and at >= fails_after:
                context.abort(grpc.StatusCode.FAILED_PRECONDITION, "the read session has expired")
            if at >= offset:
                rows = field(1, batch.serialize().to_pybytes())
                yield field(4, rows) + field(6, batch.num_rows)
            at += batch.num_rows


class Proxy(BaseHTTPRequestHandler):
    """Also gives tokens to whoever asks: signatures are not what is tested."""

    def do_CONNECT(self):
        port = self.server.ports.get(self.path)
        if port is None:
            return self.send_error(502, f"{self.path} is not here")
        self.send_response(200)
        self.end_headers()
        with socket.create_connection(("127.0.0.1", port)) as server:
            back = threading.Thread(target=pump, args=(server, self.connection), daemon=True)
            back.start()
            pump(self.connection, server)
            back.join()

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        send(self, 200, {"access_token": "token", "token_type": "Bearer", "expires_in": 3600})

    def log_message(self, *_):
        pass


def pump(source, target):
    try:
        while data := source.recv(65_536):
            target.sendall(data)
    except OSError:
        pass
    for end in (source, target):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def pem(key):
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def certificate(key):
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "tests")])
    now = datetime.datetime.now(datetime.timezone.utc)
    day = datetime.timedelta(days=1)
    names = x509.SubjectAlternativeName([x509.DNSName(REST), x509.DNSName(STORAGE)])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).not_valid_before(now - day).not_valid_after(now + day)
    made = made.add_extension(names, False).add_extension(x509.BasicConstraints(True, None), True)
    return made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def started(handler, **settings):
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    vars(server).update(settings)
    return server


def main(folder, sql):
    warehouse, key = Warehouse(sql), rsa.generate_private_key(65_537, 2_048)
    private, public = pem(key), certificate(key)
    (folder / "certificate.pem").write_bytes(public)
    (folder / "private.pem").write_bytes(private)

    rest = started(Rest, warehouse=warehouse)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "private.pem")
    rest.socket = context.wrap_socket(rest.socket, server_side=True, do_handshake_on_connect=False)
    storage = grpc.server(ThreadPoolExecutor(8))
    storage.add_generic_rpc_handlers([Storage(warehouse)])
    storage_port = storage.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials([(private, public)]))
    storage.start()
    proxy = started(Proxy, ports={f"{REST}:443": rest.server_port, f"{STORAGE}:443": storage_port})
    (folder / "key.json").write_text(json.dumps({
        "type": "service_account", "project_id": PROJECT, "private_key_id": "1", "private_key": private.decode(),
        "client_email": f"publisher@{PROJECT}.iam.gserviceaccount.com", "client_id": "1",
        "token_uri": f"http://127.0.0.1:{proxy.server_port}/token",
    }))
    threading.Thread(target=rest.serve_forever, daemon=True).start()
    print(f"listening on {proxy.server_port}", flush=True)
    proxy.serve_forever()


main(Path(sys.argv[1]), sys.argv[2])
