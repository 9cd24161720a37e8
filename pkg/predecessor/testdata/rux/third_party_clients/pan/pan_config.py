CHECK_SSL = False
INTERNAL_BLOCK_TAG = "Block_Host"
EXTERNAL_BLOCK_TAG = "Block_Detection"
URLS = ["https://pa1.example.net", "pa2.example.net:4443/"]
