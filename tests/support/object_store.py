"""Puts a file into a store on loopback and signs addresses of it: python object_store.py KIND URL FILE [CORS]

KIND is azure, or s3 for whatever speaks it. CORS is the store's rule as JSON, as documented for S3; without it the store has none.
Prints {"good": an address that reads the file for an hour, "expired": one whose time is over}."""
import base64, datetime, hashlib, hmac, json, pathlib, sys
import urllib.parse, urllib.request

KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='
ACCOUNT = 'devstoreaccount1'


def mac(text):
    return base64.b64encode(hmac.new(base64.b64decode(KEY), text.encode(), hashlib.sha256).digest()).decode()


def azure_put(url, path, question, body, headers):
    now = datetime.datetime.now(datetime.timezone.utc).strftime('%a, %d %b %Y %H:%M:%S GMT')
    headers = {'x-ms-date': now, 'x-ms-version': '2021-08-06', **headers}
    named = ''.join(f'{name}:{value}\n' for name, value in sorted(headers.items()))
    length = str(len(body)) if body else ''
    resource = f'/{ACCOUNT}/{ACCOUNT}{path}' + ''.join(f'\n{name}:{value}' for name, value in sorted(question.items()))
    text = f'PUT\n\n\n{length}\n\napplication/octet-stream\n\n\n\n\n\n\n{named}{resource}'
    headers |= {'Authorization': f'SharedKey {ACCOUNT}:{mac(text)}', 'Content-Type': 'application/octet-stream', 'Content-Length': str(len(body))}
    address = f'{url}/{ACCOUNT}{path}?{urllib.parse.urlencode(question)}'
    urllib.request.urlopen(urllib.request.Request(address, method='PUT', headers=headers, data=body))


def azure(url, file, cors):
    azure_put(url, '/private', {'restype': 'container'}, b'', {})
    azure_put(url, '/private/other.parquet', {}, file, {'x-ms-blob-type': 'BlockBlob'})
    if cors:
        parts = {'AllowedOrigins': 'AllowedOrigins', 'AllowedMethods': 'AllowedMethods', 'AllowedHeaders': 'AllowedHeaders', 'ExposedHeaders': 'ExposeHeaders'}
        rule = ''.join(f'<{part}>{",".join(cors[0][name])}</{part}>' for part, name in parts.items())
        body = f'<?xml version="1.0"?><StorageServiceProperties><Cors><CorsRule>{rule}<MaxAgeInSeconds>60</MaxAgeInSeconds></CorsRule></Cors></StorageServiceProperties>'
        azure_put(url, '/', {'restype': 'service', 'comp': 'properties'}, body.encode(), {})

    def signed(hours):
        end = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=hours)).strftime('%Y-%m-%dT%H:%M:%SZ')
        fields = {'sv': '2018-11-09', 'ss': 'b', 'srt': 'o', 'sp': 'r', 'se': end}
        text = f'{ACCOUNT}\nr\nb\no\n\n{end}\n\n\n2018-11-09\n'
        return f'{url}/{ACCOUNT}/private/other.parquet?' + urllib.parse.urlencode({**fields, 'sig': mac(text)})

    return signed(1), signed(-1)


def s3(url, file, cors):
    import boto3, botocore.auth
    from botocore.config import Config

    config = Config(signature_version='s3v4', s3={'addressing_style': 'path'}, request_checksum_calculation='when_required')
    client = boto3.client('s3', endpoint_url=url, aws_access_key_id='S3RVER', aws_secret_access_key='S3RVER', region_name='us-east-1', config=config)
    client.create_bucket(Bucket='private')
    client.put_object(Bucket='private', Key='other.parquet', Body=file)
    if cors:
        client.put_bucket_cors(Bucket='private', CORSConfiguration={'CORSRules': cors})

    def signed():
        return client.generate_presigned_url('get_object', Params={'Bucket': 'private', 'Key': 'other.parquet'}, ExpiresIn=3600)

    good = signed()
    # As if it had been signed two hours ago.
    now = botocore.auth.get_current_datetime
    botocore.auth.get_current_datetime = lambda *a, **k: now(*a, **k) - datetime.timedelta(hours=2)
    return good, signed()


kind, url, file, *cors = sys.argv[1:]
good, expired = {'azure': azure, 's3': s3}[kind](url, pathlib.Path(file).read_bytes(), json.loads(cors[0]) if cors else None)
print(json.dumps({'good': good, 'expired': expired}))
