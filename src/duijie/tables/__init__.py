"""Tables people send and take away: .xlsx, .csv and .jsonl in, typed rows and clear sentences out, and back.

``read`` turns a file into rows, ``problems`` says what is wrong with one, ``write`` makes files that are whole or
absent. This package imports nothing by itself, so the child process that opens hostile workbooks starts at once.
"""
