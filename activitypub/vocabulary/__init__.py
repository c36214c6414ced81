"""The kinds of things in files by meaning; everybody imports them from `activitypub.objects`."""
