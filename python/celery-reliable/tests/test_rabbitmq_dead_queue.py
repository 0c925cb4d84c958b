"""The names of the queues of dead letters, as in Node (`dead-queue.test.js`), and the headers of their messages."""

from celery_reliable.rabbitmq_burial import copied_headers, dead_queue


def test_a_queues_dead_letters_have_its_name_and_a_suffix() -> None:
    assert dead_queue("js-queue") == "js-queue.dead"
    assert dead_queue("q" * 95) == f"{'q' * 95}.dead"


def test_a_long_name_ends_with_a_hash_not_within_a_character() -> None:
    assert dead_queue("q" * 96) == f"{'q' * 78}~f1fcb45fa18e59d4.dead"
    assert dead_queue(f"a{'é' * 120}") == f"a{'é' * 38}~533731b52fb380ff.dead"
    assert dead_queue(f"{'q' * 200}a") != dead_queue(f"{'q' * 200}b")


def test_a_copy_goes_to_no_other_queue_and_fits_into_a_frame() -> None:
    headers = {
        "id": "id1",
        "CC": ["jobs"],
        "BCC": ["jobs"],
        "x-death": [],
        "argsrepr": "a" * 65_536,
        "kwargsrepr": "{}",
    }

    assert copied_headers(headers) == {"id": "id1", "argsrepr": f"{'a' * 1_024}...", "kwargsrepr": "{}"}
