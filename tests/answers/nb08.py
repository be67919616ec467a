"""Answers to the exercise and pieces for the builds of notebook 08."""

import hashlib
import time
from collections import Counter

import duckdb
import numpy as np
import pandas as pd

QUANTILES = [0.1, 0.5, 0.9]
DOCKERFILE = """
FROM python:3.12.8-slim
WORKDIR /srv
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY app.py champion.onnx .
USER 1000
CMD ["uvicorn", "app:app", "--host", "0.0.0.0", "--port", "8000"]
"""
RIGHT = {
    "dockerfile": [
        DOCKERFILE,
        DOCKERFILE.lower(),
        DOCKERFILE.replace("3.12.8-slim", "3.12@sha256:" + 64 * "a"),
        DOCKERFILE.replace("USER 1000", "USER 10001:1000").replace("app.py champion.onnx", "."),
        DOCKERFILE.replace("-r requirements.txt", "\\\n    -r requirements.txt && \\\n    useradd --uid 1000 learner"),
    ]
}  # fmt: skip
WRONG = {
    "dockerfile": [
        (DOCKERFILE.replace(":3.12.8-slim", ":latest"), "`latest` is another one"), (DOCKERFILE.replace(":3.12.8-slim", ""), "`latest` is another one"),
        (DOCKERFILE.replace("COPY requirements.txt .", "COPY . ."), "installs everything again"), (DOCKERFILE.replace("COPY app.py champion.onnx .\n", ""), "installs everything again"),
        (DOCKERFILE.replace("USER 1000", "USER root"), "runs as root"), (DOCKERFILE.replace("USER 1000", "USER 0:0"), "runs as root"),
        (DOCKERFILE.replace("USER 1000", "USER learner"), "Write a number"), (DOCKERFILE.replace(" champion.onnx", ""), "Something is missing"),
        (DOCKERFILE.replace("USER 1000\n", ""), "runs as root"), (DOCKERFILE.replace("CMD", "user root\nCMD"), "runs as root"),
        (DOCKERFILE.replace("USER", "ENV REGISTRY_TOKEN=abc\nUSER"), "can be read by all"), (DOCKERFILE.replace("champion.onnx", "champion.onnx .env"), "can be read by all"),
        (DOCKERFILE.replace('["uvicorn", "app:app", "--host", "0.0.0.0", "--port", "8000"]', "uvicorn app:app --host 0.0.0.0"), "run by a shell"),
        (DOCKERFILE.replace('", "', " "), "a single text"), (DOCKERFILE.replace("0.0.0.0", "127.0.0.1"), "nobody outside"),
    ]
}  # fmt: skip

DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata:
  name: pay-range
spec:
  replicas: 3
  selector:
    matchLabels:
      app: pay-range
  template:
    metadata:
      labels:
        app: pay-range
        team: board
    spec:
      securityContext:
        runAsNonRoot: true
        runAsUser: 1000
      affinity:
        podAntiAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            - topologyKey: kubernetes.io/hostname
              labelSelector: {matchLabels: {app: pay-range}}
      containers:
        - name: web
          image: registry.example:5000/pay-range@sha256:0123456789abcdef
          readinessProbe:
            httpGet: {path: /health, port: 8000}
          livenessProbe:
            httpGet: {path: /health, port: 8000}
            periodSeconds: 20
          resources:
            limits: {cpu: 1, memory: 1Gi}
            requests: {memory: 1Gi, cpu: 1}
          env:
            - {name: TOKEN, valueFrom: {secretKeyRef: {name: registry, key: token}}}
            - {name: LEVEL, value: warning}
"""


def by_hand(adverts, folder):
    """One file, with the roles below each other."""
    ordered = adverts.sort_values(["role", "day"], kind="stable")
    duckdb.from_df(ordered).write_parquet(f"{folder}/all.parquet", row_group_size=2048)


def in_sql(adverts, folder):
    place = str(folder).replace("'", "''")
    how = "FORMAT parquet, PARTITION_BY (role), ROW_GROUP_SIZE 3000, OVERWRITE_OR_IGNORE"
    duckdb.sql(f"COPY (FROM adverts ORDER BY role, day) TO '{place}' ({how})")


def laid(query="SELECT * FROM adverts ORDER BY day", **options):
    """A layout like ours, with other options."""
    given = {"partition_by": ["role"], "row_group_size": 2048, "overwrite": True} | options
    given = {name: value for name, value in given.items() if value}

    def layout(adverts, folder):
        duckdb.sql(query).write_parquet(str(folder), **given)

    return layout


def sender(tries=4, check=True, abort=True, proof=True, wait=2.0, first=1, loud=True, back="sha256", bare=1):
    """An upload of another make: it remembers what is still to be sent."""

    def upload(client, bucket, key, parts):
        answer = client.create_multipart_upload(Bucket=bucket, Key=key)
        same = {"Bucket": bucket, "Key": key, "UploadId": answer["UploadId"]}
        tags = {}
        for number, part in enumerate(parts, first):
            pause = 0.1
            for _ in range(tries):
                try:
                    tag = client.upload_part(PartNumber=number, Body=part, **same)["ETag"]
                except Exception:
                    tag = None
                if tag and (not check or tag[bare:-1] == hashlib.md5(part).hexdigest()):
                    tags[number] = tag
                    break
                time.sleep(pause)
                pause *= wait
            else:
                if abort:
                    client.abort_multipart_upload(**same)
                if loud:
                    raise RuntimeError("given up")
                return "failed"
        done = [{"PartNumber": number, "ETag": tag} for number, tag in tags.items()]
        client.complete_multipart_upload(MultipartUpload={"Parts": done}, **same)
        sent, stored = b"".join(parts), client.get_object(Bucket=bucket, Key=key)["Body"].read()
        if proof and stored != sent:
            raise ValueError("lost")
        return hashlib.new(back, stored).hexdigest()

    return upload


def by_counter(submit, parts):
    def count(part):
        return Counter(zip(part["role"], part["pay"], strict=True))

    def add(counts):
        total, answer = sum(counts, Counter()), {}
        for role in {role for role, _ in total}:
            pays = sorted((pay, count) for (one, pay), count in total.items() if one == role)
            every = np.repeat(*zip(*pays, strict=True))
            answer[role] = list(np.quantile(every, QUANTILES, method="inverted_cdf"))
        return answer

    return submit(add, [submit(count, part) for part in parts])


def by_tree(submit, parts):
    def count(part):
        return part.value_counts()

    def add(one, other):
        return one.add(other, fill_value=0)

    def finish(total):
        quantiles = {}
        for role, counts in total.groupby(level="role"):
            pay = counts.index.get_level_values("pay")
            quantiles[role] = np.quantile(pay, QUANTILES, weights=counts, method="inverted_cdf")
        return quantiles

    counts = [submit(count, part) for part in parts]
    while len(counts) > 1:
        counts = [submit(add, counts[0], counts[1]), *counts[2:]]
    return submit(finish, counts[0])


def means(submit, parts):
    def one(part):
        return part.groupby("role")["pay"].quantile(QUANTILES, interpolation="lower").unstack()

    def mean(*tables):
        return pd.concat(tables).groupby(level="role").mean().T.to_dict("list")

    return submit(mean, *[submit(one, part) for part in parts])


def shuffled(submit, parts):
    def all_rows(*tables):
        table = pd.concat(tables)
        return {
            role: np.quantile(pay, QUANTILES, method="inverted_cdf")
            for role, pay in table.groupby("role")["pay"]
        }

    return submit(all_rows, *parts)


def first_part(submit, parts):
    return by_counter(submit, parts[:1])


RIGHT_PIECES = {
    "layout": [by_hand, in_sql, laid(row_group_size=4096)],
    "upload": [sender(), sender(wait=3.0)],
    "in_two_steps": [by_counter, by_tree],
    "deployment": [DEPLOYMENT, DEPLOYMENT.replace("replicas: 3", "replicas: 2")],
}
WRONG_PIECES = {
    "layout": [
        (laid(partition_by=["country"]), "rare role cost too much"),
        (laid("SELECT * FROM adverts"), "One week costs too much"),
        (laid(row_group_size=122_880), "One week costs too much"),
        (laid(partition_by=["day"]), "very many small files"),
        (laid(overwrite=False), "OVERWRITE"),
        (laid(overwrite=False, append=True), "Called a second time"),
        (laid("SELECT DISTINCT ON (text) * REPLACE (id + 1 AS id) FROM adverts"), "Each advert must be found once"),
        (lambda adverts, folder: None, "no Parquet file"), (laid("SELECT id, day, role, pay, '' AS text FROM adverts ORDER BY day"), "Each advert must be found once"),
    ],
    "upload": [
        (sender(tries=1), "One failure ended it"), (sender(check=False), "arrived damaged"),
        (sender(wait=1.0), "asks again at once"), (sender(abort=False), "left its parts behind"),
        (sender(tries=50), "went on for ever"), (sender(bare=0), "comes in quotes"),
        (sender(tries=10**9), "went on for ever"), (sender(loud=False), "as if all were well"),
        (sender(proof=False), "did not notice"), (sender(back="md5"), "Return the SHA-256"),
        (lambda client, bucket, key, parts: client.put_object(Bucket=bucket, Key=key, Body=b"".join(parts)), "is not what was sent"),
    ],
    "in_two_steps": [
        (means, "It should give"), (shuffled, "nearly all the rows"),
        (first_part, "It should give"), (lambda submit, parts: by_counter(lambda task, *args: task(*args), parts), "no task is handed any"),
        (lambda submit, parts: submit(len, parts[0]), "It should give"), (lambda submit, parts: by_tree(submit, [part for part in parts if len(part)]), "outside of a task"),
        (lambda submit, parts: by_counter(lambda task, *args: submit(task, *args) if task.__name__ == "count" else task(*args), parts), "outside of a task"),
    ],
    "deployment": [
        (DEPLOYMENT.replace("replicas: 3", "replicas: 1"), "Ask for two or more"), (DEPLOYMENT.replace("  replicas: 3\n", ""), "Ask for two or more"),
        (DEPLOYMENT.replace("        app: pay-range\n        team", "        team"), "must have it"), (DEPLOYMENT.replace("@sha256:0123456789abcdef", ""), "Pin the image"),
        (DEPLOYMENT.replace("runAsNonRoot: true", "runAsNonRoot: false"), "runAsNonRoot"), (DEPLOYMENT.replace("readinessProbe", "probe"), "readinessProbe"),
        (DEPLOYMENT.replace("livenessProbe", "probe"), "livenessProbe"), (DEPLOYMENT.replace("port: 8000", "port: 80", 1), "`/health` and port 8000"),
        (DEPLOYMENT.replace("limits: {cpu: 1, memory: 1Gi}", "limits: {memory: 512m}"), "half a byte"), (DEPLOYMENT.replace("key: token", "key: password"), "the key `token`"),
        (DEPLOYMENT.replace("requests: {memory: 1Gi, cpu: 1}", "requests: {cpu: 1}"), "Say under `requests`"),
        (DEPLOYMENT.replace("memory: 1Gi}\n            req", "cpus: 1}\n            req"), "limit of `memory`"),
        (DEPLOYMENT.replace("valueFrom: {secretKeyRef: {name: registry, key: token}}", "value: abc"), "Git history"),
        (DEPLOYMENT.replace("kubernetes.io/hostname", "topology.kubernetes.io/zone"), "land on one machine"),
        ("spec: [", "`ParserError`"),
    ],
}  # fmt: skip
