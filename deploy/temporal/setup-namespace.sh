#!/bin/sh
# Creates the namespace, sets its retention, and registers Groundswell's search attributes. Can be repeated.
# Reads TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, RETENTION (hours, like 2160h) and SEARCH_ATTRIBUTES (Name=Type ...).
set -eu

# The port opens a little before the server can answer.
attempts=60
until temporal operator cluster health >/dev/null 2>&1; do
  attempts=$((attempts - 1))
  if [ "$attempts" -eq 0 ]; then
    echo "namespace: $TEMPORAL_ADDRESS does not answer; last answer:" >&2
    temporal operator cluster health >&2
    exit 1
  fi
  sleep 1
done

if temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1; then
  temporal operator namespace update --namespace "$TEMPORAL_NAMESPACE" --retention "$RETENTION"
else
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "$RETENTION"
fi

# A new namespace is seen by the whole server only after a while.
attempts=60
until known=$(temporal operator search-attribute list --namespace "$TEMPORAL_NAMESPACE" 2>/dev/null); do
  attempts=$((attempts - 1))
  if [ "$attempts" -eq 0 ]; then
    echo "namespace: $TEMPORAL_NAMESPACE cannot be seen after a minute" >&2
    exit 1
  fi
  sleep 1
done

for attribute in $SEARCH_ATTRIBUTES; do
  name=${attribute%%=*}
  type=${attribute#*=}
  if echo "$known" | grep -Eq "^ *$name +$type *$"; then
    echo "namespace: search attribute $name is there"
    continue
  fi
  temporal operator search-attribute create --namespace "$TEMPORAL_NAMESPACE" --name "$name" --type "$type"
done
