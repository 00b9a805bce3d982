#!/bin/sh
# run_app.sh - as in the image of Mage, without what our stack does not use.
if [ -f "$USER_CODE_PATH/requirements.txt" ]; then
	pip3 install -r "$USER_CODE_PATH/requirements.txt"
fi
mage start "$USER_CODE_PATH"
