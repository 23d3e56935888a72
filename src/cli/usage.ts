export const usage = `Usage: npx tracklet capillary define <file> [options]

Makes sure that the events in <file> are defined at Capillary: creates what is missing, compares what is there,
changes nothing. Created events are drafts; testing and publishing them stays yours. <file> is JSON, a list of
definitions as Create Event (POST /v2/events) takes them; - reads from standard input.

Options
  --dry-run            say what would be created, and create nothing
  --endpoint <url>     your cluster, like https://eu.api.capillarytech.com    (or CAPILLARY_ENDPOINT)
  --timeout <seconds>  longest wait for one answer; 15 when absent
  --help               this text

Credentials: CAPILLARY_KEY and CAPILLARY_SECRET of an API client, or a CAPILLARY_TOKEN. From the environment, where
other users of the machine cannot see them; --key, --secret and --token exist for those who know that they do.
They are never printed.

Exit codes
  0  every event is there as the file says, or was created now
  1  an event was refused, differs from the file, or could not be made sure of
  2  the command or the file cannot be understood; nothing was sent
  3  only with --dry-run: events would be created, and nothing else is wrong`;
