"""The names of the queues of dead letters; `dead-queue.test.js` has the same ones for Node."""

from celery_reliable.rabbitmq_burial import dead_queue


def test_a_queues_dead_letters_have_its_name_and_a_suffix() -> None:
    assert dead_queue("js-queue") == "js-queue.dead"
    assert dead_queue("q" * 95) == f"{'q' * 95}.dead"


def test_a_long_name_ends_with_a_hash_not_within_a_character() -> None:
    assert dead_queue("q" * 96) == f"{'q' * 78}~f1fcb45fa18e59d4.dead"
    assert dead_queue(f"a{'é' * 120}") == f"a{'é' * 38}~533731b52fb380ff.dead"
    assert dead_queue(f"{'q' * 200}a") != dead_queue(f"{'q' * 200}b")
