"""Power cuts, full disks and crowds, against the site as people use it: processes of its own, over HTTP."""
