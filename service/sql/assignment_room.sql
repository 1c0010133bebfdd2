-- One row: an agent who is there and has the skills that a queue asks for, the languages they answer in, and how many
-- more tickets they take. Those without room are left out.
SELECT member.queue_id, agent.user_id, agent.languages, agent.capacity - load.n
FROM service_agent AS agent
JOIN service_queuemember AS member ON member.agent_id = agent.id AND member.queue_id = ANY(%(queues)s)
JOIN service_queue AS queue ON queue.id = member.queue_id
JOIN staff_user AS person ON person.id = agent.user_id
CROSS JOIN LATERAL (
    SELECT count(*) AS n
    FROM service_ticket AS ticket
    WHERE ticket.assignee_id = agent.user_id
        AND ticket.closed_at IS NULL AND ticket.resolved_at IS NULL AND ticket.merged_into_id IS NULL
) AS load
WHERE agent.is_available
    AND person.is_active
    AND queue.skills <@ agent.skills
    AND load.n < agent.capacity
