module groundswell.dev/rehearsal/small

go 1.26.0
