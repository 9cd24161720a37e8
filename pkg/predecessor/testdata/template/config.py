# The predecessor's template: every parameter with its default.

# Consoles, one URL each
COGNITO_URL = ["https://brain.example.net"]

# Minutes between two runs
SLEEP_MINUTES = 5

# How to log in: OAUTH or TOKEN
AUTH = "OAUTH"

# Clients that act
THIRD_PARTY_CLIENTS = ["test_client"]

# When to act: days, and hours from 0 to 23
BLOCK_DAYS = []
BLOCK_START_TIME = 0
BLOCK_END_TIME = 0

# Release by tag alone
EXPLICIT_UNBLOCK = False

# Hosts
BLOCK_HOST_TAG = "vectra_host_block"
UNBLOCK_HOST_TAG = "vectra_host_unblock"
NO_BLOCK_HOST_GROUP_NAME = "NoBlock"
BLOCK_HOST_GROUP_NAME = "Block"
BLOCK_HOST_THREAT_CERTAINTY = (100, "and", 100)
BLOCK_HOST_URGENCY = 101
BLOCK_HOST_DETECTION_TYPES = []
BLOCK_HOST_DETECTION_TYPES_MIN_TC_SCORE = (100, "and", 100)

# Destinations
EXTERNAL_BLOCK_HOST_TC = (100, "and", 100)
EXTERNAL_BLOCK_DETECTION_TAG = "block"
EXTERNAL_UNBLOCK_DETECTION_TAG = "unblock"
EXTERNAL_BLOCK_DETECTION_TYPES = []
STATIC_BLOCK_DESTINATION_IPS = "static_dst_ips_to_block.txt"

# Accounts
BLOCK_ACCOUNT_TAG = "vectra_account_block"
UNBLOCK_ACCOUNT_TAG = "vectra_account_unblock"
NO_BLOCK_ACCOUNT_GROUP_NAME = "NoBlock"
BLOCK_ACCOUNT_GROUP_NAME = "Block"
BLOCK_ACCOUNT_THREAT_CERTAINTY = (100, "and", 100)
BLOCK_ACCOUNT_URGENCY = 101
BLOCK_ACCOUNT_DETECTION_TYPES = []
BLOCK_ACCOUNT_DETECTION_TYPES_MIN_TC_SCORE = (100, "and", 100)

# Mail
SEND_EMAIL = False
SMTP_SERVER = ""
SMTP_PORT = 25
SRC_EMAIL = "from@example.net"
DST_EMAIL = "to@example.net"
SMTP_AUTH = False
SMTP_USER = "user"

# Syslog
SEND_SYSLOG = False
SYSLOG_SERVER = ""
SYSLOG_PORT = 514
SYSLOG_PROTO = "TCP"
SYSLOG_FORMAT = "CEF"
