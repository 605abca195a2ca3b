/* Starts a job and looks after it, with growing pauses. */
#include <cairn.h>
#include <string.h>

cairn_result cairn_run(const char *input)
{
    const char *scene = cairn_text(cairn_field(cairn_read(input), "scene"));
    cairn_result started = cairn_wait(cairn_call("start", "render.start", cairn_json("{'scene': %s}", scene), NULL));
    if (!started.ok)
        return started;
    const char *job = cairn_text(cairn_field(cairn_read(started.value), "id"));
    if (!job)
        return cairn_fail("bad_data", "a job without an id was started", started.value);

    for (unsigned round = 0; round < 20; round++) {
        cairn_result look = cairn_wait(cairn_call(cairn_key("look[%u]/seen", round), "render.look", cairn_json("{'id': %s}", job), NULL));
        if (!look.ok)
            return look;
        const cairn_value *seen = cairn_read(look.value);
        const char *state = cairn_text(cairn_field(seen, "state"));
        if (!state)
            return cairn_fail("bad_data", "the job has no state", look.value);
        if (!strcmp(state, "done")) {
            const cairn_value *url = cairn_field(seen, "url");
            return cairn_text(url) ? cairn_ok(cairn_source(url)) : cairn_fail("bad_data", "it is done and nowhere", NULL);
        }
        if (!strcmp(state, "failed"))
            return cairn_fail("job_failed", cairn_format("the job %s failed", job), NULL);
        cairn_wait(cairn_sleep(cairn_key("look[%u]/sleep", round), 100 << (round < 6 ? round : 6)));
    }
    return cairn_fail("timeout", "the job did not come to its end", NULL);
}
