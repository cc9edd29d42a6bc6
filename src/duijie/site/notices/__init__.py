"""Notices (通知): what people are told, on the desk and by mail, at once or in a digest, or not at all."""
