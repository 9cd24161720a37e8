"""Two QUX consoles, tokens, scores, FortiGates and scripts."""
import os
from datetime import (
    datetime,
    timedelta,
)

SITE = "example.net"

COGNITO_URL = [
    "https://brain." + SITE + "/",  # the first site
    'https://brain.lab.example.net',
]
SLEEP_MINUTES = 10
AUTH = "TOKEN"
THIRD_PARTY_CLIENTS = ["fortinet", "external_call"]

BLOCK_DAYS = ["weekday"]
BLOCK_START_TIME = 8
BLOCK_END_TIME = 17
EXPLICIT_UNBLOCK = False

BLOCK_HOST_TAG = "isolate"
UNBLOCK_HOST_TAG = "let-go"
NO_BLOCK_HOST_GROUP_NAME = "NoBlock"
BLOCK_HOST_GROUP_NAME = "Block"
BLOCK_HOST_THREAT_CERTAINTY = (50, "or", 60)
BLOCK_HOST_URGENCY = 40
BLOCK_HOST_DETECTION_TYPES = ["Hidden HTTPS Tunnel", "Ransomware File Activity"]
BLOCK_HOST_DETECTION_TYPES_MIN_TC_SCORE = (30, "and", 39)

EXTERNAL_BLOCK_HOST_TC = (70, "and", 40)
EXTERNAL_BLOCK_DETECTION_TAG = "cut"
EXTERNAL_UNBLOCK_DETECTION_TAG = "unblock"
EXTERNAL_BLOCK_DETECTION_TYPES = ["Suspicious HTTP"]
STATIC_BLOCK_DESTINATION_IPS = "static_dst_ips_to_block.txt"

BLOCK_ACCOUNT_TAG = "vectra_account_block"
UNBLOCK_ACCOUNT_TAG = "vectra_account_unblock"
NO_BLOCK_ACCOUNT_GROUP_NAME = "NoBlock"
BLOCK_ACCOUNT_GROUP_NAME = "Block"
BLOCK_ACCOUNT_THREAT_CERTAINTY = (50, "AND", 60)
BLOCK_ACCOUNT_URGENCY = None
BLOCK_ACCOUNT_DETECTION_TYPES = ["Brute-Force"]
BLOCK_ACCOUNT_DETECTION_TYPES_MIN_TC_SCORE = (10, "or", 40)

SEND_EMAIL = True
SMTP_SERVER = "mail.example.net"
SMTP_PORT = 587
SRC_EMAIL = "var@example.net"
DST_EMAIL = "soc@example.net"
SMTP_AUTH = True
SMTP_USER = "var"
SEND_SYSLOG = True
SYSLOG_SERVER = "syslog.example.net"
SYSLOG_PORT = 514
SYSLOG_PROTO = "UDP"
SYSLOG_FORMAT = "Standard"

if not os.path.exists("logs"):
    os.mkdir("logs")
