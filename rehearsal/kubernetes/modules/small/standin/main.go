// Command standin stands in for an application: it listens on each port of $PORT (one, or several with commas between;
// default 8080) and answers / and /healthz with its host name and $NODE. It ends at once on a signal.
package main

import (
	"cmp"
	"fmt"
	"log"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

func answer(response http.ResponseWriter, request *http.Request) {
	if request.URL.Path != "/" && request.URL.Path != "/healthz" {
		http.NotFound(response, request)
		return
	}
	host, _ := os.Hostname()
	fmt.Fprintf(response, "ok host=%s node=%s\n", host, os.Getenv("NODE"))
}

func main() {
	failed := make(chan error, 1)
	for _, port := range strings.Split(cmp.Or(os.Getenv("PORT"), "8080"), ",") {
		go func() { failed <- http.ListenAndServe(":"+strings.TrimSpace(port), http.HandlerFunc(answer)) }()
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGINT, syscall.SIGTERM)
	select {
	case err := <-failed:
		log.Fatal(err)
	case <-stop:
	}
}
