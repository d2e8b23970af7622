"""A tablet in the salon that books one visit after the other."""
import datetime
import http.client
import socket
import sqlite3
import ssl
import subprocess
import sys
import threading
import time
import urllib.parse
import uuid

PACE = 0.05  # seconds from one booking to the next
SLOT = 5  # minutes, the shortest visit
FIRST_DAY = datetime.date(2090, 1, 1)  # nobody has booked there yet
PATIENCE = 60  # seconds until a salon must answer


class Tablet:
    """Serves the salon in the folder data, signs in and books until stop.
    booked are pairs: when a booking was sent, and the seconds until its
    answer. A stall shows as one long answer; the beats it covers are left out.
    """

    def __init__(self, salonkeep, data, email, password, log):
        with socket.create_server(("127.0.0.1", 0)) as s:
            port = s.getsockname()[1]
        self.server = subprocess.Popen([salonkeep, "run", "--data", data, "--listen", "127.0.0.1:%d" % port], stdout=log, stderr=log)
        # Whether the certificate is trusted is tested elsewhere.
        self.line = http.client.HTTPSConnection("localhost", port, context=ssl._create_unverified_context(), timeout=PATIENCE)
        self.cookies = {}
        self.booked, self.number = [], 0
        self.stopping = threading.Event()
        self.failure = ""
        self.thread = threading.Thread(target=self.work)
        try:
            self.await_answer()
            self.post("/signin", {"email": email, "password": password})
            self.staff, self.service = chair(data)
        except BaseException:
            self.end_server()
            raise
        self.thread.start()

    def await_answer(self):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.server.poll() is None:
            try:
                if self.ask("GET", "/healthz").status == 200:
                    return
            except OSError:
                self.line.close()
            time.sleep(0.1)
        sys.exit("salonkeep run does not answer")

    def ask(self, method, path, body=None):
        headers = {"Cookie": "; ".join("%s=%s" % c for c in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.line.request(method, path, body, headers)
        answer = self.line.getresponse()
        answer.read()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def post(self, path, form):
        answer = self.ask("POST", path, urllib.parse.urlencode(form))
        if answer.status != 303:
            raise RuntimeError("%s was answered with %d" % (path, answer.status))

    def book(self):
        slots = 24 * 60 // SLOT
        day, slot = divmod(self.number, slots)
        self.number += 1
        self.post("/visits", {
            "key": str(uuid.uuid4()), "who": "walkin", "staff": self.staff, "service": self.service, "minutes": SLOT,
            "day": FIRST_DAY + datetime.timedelta(day), "start": "%02d:%02d" % divmod(slot * SLOT, 60)})

    def work(self):
        due = time.monotonic()
        while not self.stopping.is_set():
            sent = time.monotonic()
            try:
                self.book()
            except (OSError, RuntimeError, http.client.HTTPException) as e:
                self.failure = str(e)
                return
            now = time.monotonic()
            self.booked.append((sent, now - sent))
            while due <= now:
                due += PACE
            time.sleep(due - now)

    def stop(self):
        """Ends the booking and the serving."""
        self.stopping.set()
        self.thread.join()
        self.line.close()
        self.end_server()
        if self.failure:
            sys.exit("the tablet could not book: " + self.failure)

    def end_server(self):
        self.server.terminate()
        self.server.wait()


def chair(data):
    """Somebody who works and something that can be done."""
    db = sqlite3.connect("file:%s/salon.db?mode=ro" % data, uri=True)
    try:
        staff = db.execute("SELECT id FROM staff WHERE deleted = 0 AND active = 1 LIMIT 1").fetchone()
        service = db.execute("SELECT id FROM service WHERE deleted = 0 AND active = 1 LIMIT 1").fetchone()
    finally:
        db.close()
    return staff[0], service[0]


def summary(seconds):
    """Percentiles of answers, in ms."""
    if not seconds:
        return None
    s = sorted(seconds)

    def at(share):
        return round(1000 * s[min(len(s) - 1, int(share * len(s)))], 1)
    return {"bookings": len(s), "p50_ms": at(0.5), "p99_ms": at(0.99), "max_ms": at(1)}
