#!/bin/sh
# Creates and updates both databases of the Temporal server. Can be repeated: what is there already is left as it is.
# The password comes from SQL_PASSWORD, which temporal-sql-tool reads itself.
set -eu

sql_tool() {
  temporal-sql-tool --plugin postgres12 --ep "$POSTGRES_HOST" --port "${POSTGRES_PORT:-5432}" --user "$POSTGRES_USER" "$@"
}

for kind in temporal visibility; do
  case $kind in
    temporal) database=temporal ;;
    visibility) database=temporal_visibility ;;
  esac
  sql_tool --db "$database" create
  sql_tool --db "$database" setup-schema --version 0.0
  sql_tool --db "$database" update-schema --schema-name "postgresql/v12/$kind"
done
